"""A statement outside of any transaction in a migration that has other statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged


def _find(statement: Statement, context: Context) -> Iterator[Hit]:
    if context.migration is None or context.segment is None or context.segment.kind is not SegmentKind.LONE:
        return
    working = _working(context.migration)
    lone = [each.statements[0] for each in context.migration.division.segments if each.kind is SegmentKind.LONE]
    if lone[0] is statement and len(working) > 1:
        yield Hit("", f"the migration has {len(working)} statements and is not done or undone as a whole")


def _working(migration: Judged) -> list[Statement]:
    """The statements that leave something behind: settings of the session do not."""
    settings = (act.SetVariable, act.ResetVariable)
    return [each for each in migration.statements if not all(isinstance(action, settings) for action in each.actions)]


RULE = Rule(
    name="partly-transactional",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=10,
    harm="If it breaks off in the middle, the statements before stay done and those behind are not.",
    remedy="Give the statement that needs no transaction a migration of its own.",
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
    check=OnStatements(_find),
)
