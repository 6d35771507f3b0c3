"""A new enum value used in the transaction that adds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.bodies import unfolded
from migsafe.planner.rules.clues.enum_literals import uses
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment
    from migsafe.schemas.names import QualifiedName

_Values = set[tuple["QualifiedName", str]]


def _find(migrations: tuple[Judged, ...], after: SchemaState, _: Context) -> Iterator[tuple[Statement, Hit]]:
    known: _Values = set()
    for migration in migrations:
        for segment in migration.division.segments:
            if segment.kind is SegmentKind.TRANSACTION:
                yield from _early_uses(segment, after, frozenset(known))
            actions = (action for statement in segment.statements for action in statement.actions)
            for action in actions:
                known |= _values(action, after)


def _values(action: act.Action, state: SchemaState) -> _Values:
    """The values that an action gives an enum."""
    match action:
        case act.CreateEnum(name=name, values=values):
            return {(state.type_name(name), value) for value in values}
        case act.AddEnumValue(type=name, value=value):
            return {(state.type_name(name), value)}
        case _:
            return set()


def _early_uses(
    segment: Segment, after: SchemaState, known: frozenset[tuple[QualifiedName, str]]
) -> Iterator[tuple[Statement, Hit]]:
    """The first use of each value that the transaction adds; of a type that it makes too, the server allows it."""
    made: set[QualifiedName] = set()
    waiting: _Values = set()
    for outer in segment.statements:
        for statement in unfolded(outer, after) if waiting else ():
            for name, value in sorted(waiting, key=lambda each: each[1]):
                if uses(statement, value, name, after):
                    waiting.discard((name, value))
                    detail = f"'{value}' is added to {name} in the same transaction and cannot be used before COMMIT"
                    yield statement, Hit(str(name), detail)
        for action in outer.actions:
            made |= {after.type_name(action.name)} if isinstance(action, act.CreateEnum) else set()
            if isinstance(action, act.AddEnumValue) and after.type_name(action.type) not in made:
                waiting |= _values(action, after) - known


RULE = Rule(
    name="enum-value-used-same-tx",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm="PostgreSQL refuses to use an enum value before the transaction that adds it has committed (error 55P04).",
    remedy="Add the value in a migration of its own, and use it in the next one.",
    before="CREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE people (id bigint PRIMARY KEY, mood mood);",
    unsafe="ALTER TYPE mood ADD VALUE 'calm';\nUPDATE people SET mood = 'calm' WHERE id = 1;",
    safe="""
ALTER TYPE mood ADD VALUE 'calm';
-- next migration
UPDATE people SET mood = 'calm' WHERE id = 1;
""",
    check=OnSet(_find),
)
