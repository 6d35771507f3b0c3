"""CREATE INDEX without CONCURRENTLY on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.partitioned import (
    partitioned,
    partitions,
)
from migsafe.planner.rules.remedies.safer import alone, concurrently, index_by_partition
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(concurrently=False, only=False, table=table) if context.live(table):
            known = context.state.table(table)
            # Readers of a materialized view do not mind a SHARE lock, and nobody else writes to one.
            if known is None or known.kind != "materialized view":
                everywhere = " and each of its partitions" if partitioned(context.state, table) else ""
                named = f"the index {action.name}" if action.name else "an index"
                yield Hit(table, f"{named} is built on {table}{everywhere} while writes wait", _safer(action, context))
        case _:
            pass


def _safer(index: act.CreateIndex, context: Context) -> str:
    if not partitioned(context.state, index.table):
        return alone(context, concurrently(this_sql(context)))
    below = partitions(context.state, index.table)
    nested = any(partitioned(context.state, each) for each in below)
    return "" if nested else alone(context, index_by_partition(this_sql(context), index, below))


RULE = Rule(
    name="create-index-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    scaled=True,
    harm="Every write to the table waits until the whole index is built.",
    remedy=(
        "Build it CONCURRENTLY, alone in a migration. A partitioned table takes the index ON ONLY first; then one is "
        "built CONCURRENTLY on each partition and attached."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX orders_user_id_idx ON orders (user_id);",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    check=OnActions((act.CreateIndex,), _find),
)
