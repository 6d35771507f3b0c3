"""The policies that stand at the end of a set, with the statements that gave them their conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.planner.tree import inner, items, unwrap, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged
    from migsafe.planner.schema_state import PolicyState, SchemaState
    from migsafe.planner.tree import Json, Node
    from migsafe.schemas.names import QualifiedName

COMMANDS = ("select", "insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class Left:
    """A condition of a policy that stands at the end, at the statement that wrote it."""

    table: QualifiedName
    name: str
    policy: PolicyState
    conditions: tuple[Expression, ...]
    """Those of its conditions that this statement wrote."""
    statement: Statement


def policies_left(migrations: tuple[Judged, ...], after: SchemaState) -> Iterator[Left]:
    """The policies of the set that stand at its end, in the order of their statements."""
    standing = {
        id(condition): (table, name, policy)
        for table, known in after.tables.items()
        for name, policy in known.policies.items()
        for condition in (policy.using, policy.with_check)
        if condition is not None
    }
    for deed in deeds(migrations, act.CreatePolicy, act.AlterPolicy):
        if not isinstance(deed.action, act.CreatePolicy | act.AlterPolicy):
            continue
        written = (each for each in (deed.action.using, deed.action.with_check) if each is not None)
        own = tuple(each for each in written if id(each) in standing)
        if own:
            table, name, policy = standing[id(own[0])]
            yield Left(table, name, policy, own, deed.statement)


def commands_of(policy: PolicyState) -> tuple[str, ...]:
    """The commands that it speaks of."""
    return COMMANDS if policy.command == "all" else (policy.command,)


def meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two policies hold for one role: `public` is everybody."""
    return not one or not other or "public" in {*one, *other} or not set(one).isdisjoint(other)


def always_true(condition: Expression | None) -> bool:
    """Whether the condition holds for every row by its very text."""
    if condition is None:
        return False
    if condition.constant in {"true", "t"}:
        return True
    kind, content = unwrap(condition.node)
    if kind != "A_Expr" or [word(each, "sval") for each in _strings(content)] != ["="]:
        return False
    left, right = (_constant(inner(content, side)) for side in ("lexpr", "rexpr"))
    return left is not None and left == right


def _strings(content: Node) -> list[Node]:
    return [inner(each, "String") for each in items(content, "name")]


def _constant(node: Node) -> Json:
    kind, content = unwrap(node)
    return {key: value for key, value in content.items() if key != "location"} if kind == "A_Const" else None
