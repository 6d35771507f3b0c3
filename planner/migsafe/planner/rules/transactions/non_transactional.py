"""A migration whose statements do not share one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.planner.transactions import NoteKind, SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment


def _find(
    migrations: tuple[Judged, ...],
    state: SchemaState,  # noqa: ARG001 - the signature of a check
    context: Context,  # noqa: ARG001
) -> Iterator[tuple[Statement, Hit]]:
    for migration in migrations:
        working = _working(migration)
        lone = [each.statements[0] for each in working if each.kind is SegmentKind.LONE]
        if len(working) < _SPLIT:
            continue  # a statement that is alone in its file is done or not done as a whole too
        if lone:
            yield lone[0], Hit("", _told(lone[0], working))
        elif not any(note.kind is NoteKind.COMMIT_WITHOUT_BEGIN for note in migration.division.notes):
            split = f"the {_count(working)} statements of the migration are split over {len(working)} transactions"
            yield working[1].statements[0], Hit("", split)


_SPLIT = 2


def _working(migration: Judged) -> list[Segment]:
    """The segments that leave something behind: settings of the session do not."""
    settings = (act.SetVariable, act.ResetVariable)
    return [
        segment
        for segment in migration.division.segments
        if not all(isinstance(action, settings) for each in segment.statements for action in each.actions)
    ]


def _count(segments: list[Segment]) -> int:
    return sum(len(each.statements) for each in segments)


def _told(statement: Statement, working: list[Segment]) -> str:
    command = statement.alone.command if statement.alone is not None else "the statement"
    others = _count(working) - 1
    beside = f"{others} other statements" if others > 1 else "another statement"
    return f"{command} runs outside of a transaction, beside {beside}"


RULE = Rule(
    name="non-transactional",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=10,
    harm="If it breaks off in the middle, the statements before stay done and those behind are not.",
    remedy="Give each statement that needs no transaction, and each transaction, a migration of its own.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="""
ALTER TABLE orders ADD COLUMN note text;
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
""",
    safe="""
ALTER TABLE orders ADD COLUMN note text;
-- next migration
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
""",
    check=OnSet(_find),
)
