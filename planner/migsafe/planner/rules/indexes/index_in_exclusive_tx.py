"""CREATE INDEX in a transaction that already keeps everybody away from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.predict import effects_by_name
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.partitioned import (
    partitioned,
)
from migsafe.planner.rules.remedies.safer import alone, concurrently
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.locks import Lock
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(concurrently=False, only=False, table=table) if context.live(table):
            if context.segment is None or not _exclusive(table, context):
                return
            named = f"the index {action.name}" if action.name else "an index"
            # Of a partitioned table create-index-blocking offers the longer way.
            safer = "" if partitioned(context.state, table) else alone(context, concurrently(this_sql(context)))
            yield Hit(table, f"{named} is built while reads of {table} wait too", safer)
        case _:
            pass


def _exclusive(table: QualifiedName, context: Context) -> bool:
    """Whether an earlier statement of the transaction took ACCESS EXCLUSIVE on the table."""
    assert context.segment is not None  # noqa: S101 - asked by the caller
    full = context.state.qualified(table)
    if context.segment.kind is not SegmentKind.TRANSACTION:
        return False
    for statement in context.segment.statements[: context.number]:
        if full.name in statement.sql:  # a glance that spares most of the work in a file of thousands
            effect = effects_by_name(statement, context.state).get(full)
            if effect is not None and effect.lock is Lock.ACCESS_EXCLUSIVE:
                return True
    return False


RULE = Rule(
    name="index-in-exclusive-tx",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "The transaction already holds ACCESS EXCLUSIVE on the table, and keeps it until the index is built: not only "
        "writes wait for the build, as for any index, but every SELECT too."
    ),
    remedy="Build the index in a migration of its own, CONCURRENTLY.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="""
ALTER TABLE orders ADD COLUMN user_id bigint;
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    safe="""
ALTER TABLE orders ADD COLUMN user_id bigint;
-- next migration
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
""",
    check=OnActions((act.CreateIndex,), _find),
)
