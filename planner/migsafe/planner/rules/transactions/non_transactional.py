"""A statement that runs outside of any transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _find(statement: Statement, context: Context) -> Iterator[Hit]:
    if context.segment is not None and context.segment.kind is SegmentKind.LONE:
        command = statement.alone.command if statement.alone is not None else "the file asks for it; the statement"
        yield Hit("", f"non-transactional migration: {command} runs outside of a transaction")


RULE = Rule(
    name="non-transactional",
    # A notice: for CREATE INDEX CONCURRENTLY it is the safe way. `partly-transactional` warns of what is wrong.
    severity=Severity.NOTICE,
    dimension=Dimension.RECOVERY,
    points=0,
    harm="It cannot be rolled back. If it breaks off, what it has done so far stays.",
    remedy="Nothing to do where CONCURRENTLY asks for it: migsafe looks afterwards what was done.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    safe="ALTER TABLE orders ADD COLUMN note text;",
    check=OnStatements(_find),
)
