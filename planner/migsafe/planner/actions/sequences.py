"""Sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.value import value
from migsafe.planner.tree import dotted, flag, inner, items, options, relation_at, texts, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreateSequence:
    """CREATE SEQUENCE."""

    name: QualifiedName
    if_not_exists: bool
    temporary: bool
    options: tuple[tuple[str, str], ...]
    owned_by: QualifiedName | None
    """The table of OWNED BY; None for NONE too."""


@value
class AlterSequence:
    """ALTER SEQUENCE with options; `restart` among them moves the next value."""

    name: QualifiedName
    options: tuple[tuple[str, str], ...]
    owned_by: QualifiedName | None


def _owner(node: Node) -> QualifiedName | None:
    for element in unwrapped(node, "options", "DefElem"):
        if word(element, "defname") == "owned_by":
            parts = texts(items(inner(inner(element, "arg"), "List"), "items"))
            return dotted(parts[:-1]) if len(parts) > 1 else None
    return None


def create_sequence(node: Node) -> tuple[CreateSequence]:
    """CreateSeqStmt."""
    range_var = inner(node, "sequence")
    return (
        CreateSequence(
            relation_at(node, "sequence"),
            flag(node, "if_not_exists"),
            word(range_var, "relpersistence") == "t",
            tuple(options(node, "options").items()),
            _owner(node),
        ),
    )


def alter_sequence(node: Node) -> tuple[AlterSequence]:
    """AlterSeqStmt."""
    return (AlterSequence(relation_at(node, "sequence"), tuple(options(node, "options").items()), _owner(node)),)
