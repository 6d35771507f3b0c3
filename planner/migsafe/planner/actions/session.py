"""Settings of the session, and commands that live and die with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, flag, inner, items, relation, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class SetVariable:
    """SET, SET LOCAL, SET ROLE (`role`), SET SESSION AUTHORIZATION (`session_authorization`), SET TRANSACTION."""

    name: str
    value: str | None
    """None for DEFAULT and for FROM CURRENT. A list is joined by `, `."""
    is_local: bool


@value
class ResetVariable:
    """RESET; None for RESET ALL."""

    name: str | None


@value
class Discard:
    """DISCARD: `all`, `plans`, `sequences` or `temp`."""

    target: str


@value
class SetConstraints:
    """SET CONSTRAINTS; without names, all."""

    constraints: tuple[QualifiedName, ...]
    deferred: bool


@value
class SessionCommand:
    """LISTEN, NOTIFY, PREPARE, EXECUTE, DECLARE, FETCH, CLOSE, SHOW, LOAD, CHECKPOINT and the like."""

    command: str


def setting_value(node: Node) -> str | None:
    """The value that a VariableSetStmt gives, or None."""
    if word(node, "kind") != "VAR_SET_VALUE":
        return None
    return ", ".join(constant(argument) or "" for argument in items(node, "args"))


def set_variable(node: Node) -> tuple[SetVariable | ResetVariable, ...]:
    """VariableSetStmt."""
    name, local = word(node, "name").lower(), flag(node, "is_local")
    match word(node, "kind"):
        case "VAR_RESET_ALL":
            return (ResetVariable(None),)
        case "VAR_RESET":
            return (ResetVariable(name),)
        case "VAR_SET_MULTI":
            return _transaction_modes(node, name)
        case _:
            return (SetVariable(name, setting_value(node), local),)


def _transaction_modes(node: Node, name: str) -> tuple[SetVariable, ...]:
    """SET TRANSACTION holds for the transaction, SET SESSION CHARACTERISTICS for the session."""
    return tuple(
        SetVariable(word(each, "defname"), constant(inner(each, "arg")), name == "transaction")
        for each in unwrapped(node, "args", "DefElem")
    )


def discard(node: Node) -> tuple[Discard]:
    """DiscardStmt."""
    return (Discard(word(node, "target").removeprefix("DISCARD_").lower()),)


def set_constraints(node: Node) -> tuple[SetConstraints]:
    """ConstraintsSetStmt."""
    named = tuple(relation(each) for each in unwrapped(node, "constraints", "RangeVar"))
    return (SetConstraints(named, flag(node, "deferred")),)


COMMANDS = {
    "CheckPointStmt": "CHECKPOINT",
    "ClosePortalStmt": "CLOSE",
    "DeallocateStmt": "DEALLOCATE",
    "DeclareCursorStmt": "DECLARE",
    "ExecuteStmt": "EXECUTE",
    "FetchStmt": "FETCH",
    "ListenStmt": "LISTEN",
    "LoadStmt": "LOAD",
    "NotifyStmt": "NOTIFY",
    "PrepareStmt": "PREPARE",
    "UnlistenStmt": "UNLISTEN",
    "VariableShowStmt": "SHOW",
}
"""Statements that are told by their first word alone."""
