"""Policies that a transaction drops, makes and makes anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.policies_left import COMMANDS, meet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import PolicyState
    from migsafe.schemas.names import QualifiedName


def known_policy(context: Context, table: QualifiedName, name: str) -> PolicyState | None:
    """What is known of a policy before the statement."""
    known = context.state.table(table)
    return known.policies.get(name) if known is not None else None


def made(actions: Iterable[Action], context: Context, table: QualifiedName) -> Iterator[act.CreatePolicy]:
    """The policies that some actions make for a table."""
    full = context.state.qualified(table)
    for action in actions:
        if isinstance(action, act.CreatePolicy) and context.state.qualified(action.table) == full:
            yield action


def permissive(context: Context, table: QualifiedName, command: str, roles: tuple[str, ...]) -> Iterator[str]:
    """The permissive policies of a table that some of the same roles have for a command already."""
    known = context.state.table(table)
    for name, policy in known.policies.items() if known is not None else ():
        if policy.permissive and overlap(policy.command, command) and meet(policy.roles, roles):
            yield name


def dropped(actions: Iterable[Action], context: Context, table: QualifiedName) -> Iterator[str]:
    """The policies that some actions drop from a table."""
    full = context.state.qualified(table)
    for action in actions:
        match action:
            case act.Drop(kind=ObjectKind.POLICY, name=name, table=on) if on and context.state.qualified(on) == full:
                yield name.name
            case _:
                pass


def table_goes(context: Context, table: QualifiedName) -> bool:
    """Whether the same transaction drops the table afterwards."""
    full = context.state.qualified(table)
    drops = (each for each in context.later() if isinstance(each, act.Drop) and each.kind is ObjectKind.TABLE)
    return any(context.state.qualified(each.name) == full for each in drops)


def switched(context: Context, table: QualifiedName) -> bool:
    """Whether the transaction enables or disables the table's row level security."""
    full = context.state.qualified(table)
    kinds = (act.EnableRowSecurity, act.DisableRowSecurity)
    switches = (each for each in (*context.earlier(), *context.later()) if isinstance(each, kinds))
    return any(context.state.qualified(each.table) == full for each in switches)


def overlap(one: str, other: str) -> bool:
    """Whether two commands of policies (`all`, `select` ...) have one in common."""
    return one == other or "all" in {one, other}


def words(command: str) -> str:
    """The commands of a policy in words."""
    return "any command" if command == "all" or command not in COMMANDS else command.upper()
