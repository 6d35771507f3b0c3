"""CREATE INDEX CONCURRENTLY on a partitioned table, or DROP INDEX CONCURRENTLY of its index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.partitioned import (
    partitioned,
)
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(concurrently=True, table=table) if partitioned(context.state, table):
            yield Hit(table, f"{table} is partitioned")
        case act.Drop(kind=ObjectKind.INDEX, concurrently=True, name=name):
            table_of_it = context.state.table_of_index(name)
            if table_of_it is not None and partitioned(context.state, table_of_it):
                yield Hit(table_of_it, f"the index {name} belongs to {table_of_it}, which is partitioned")
        case _:
            pass


RULE = Rule(
    name="concurrent-index-partitioned",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=40,
    harm="PostgreSQL refuses CONCURRENTLY for an index of a partitioned table: the migration stops.",
    remedy=(
        "Create the index ON ONLY the partitioned table, which takes a moment; build one CONCURRENTLY on each "
        "partition, and attach it with ALTER INDEX ... ATTACH PARTITION."
    ),
    before="""
CREATE TABLE events (day date NOT NULL, user_id bigint) PARTITION BY RANGE (day);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
""",
    unsafe="CREATE INDEX CONCURRENTLY events_user_id_idx ON events (user_id);",
    safe="""
CREATE INDEX events_user_id_idx ON ONLY events (user_id);
-- next migration
CREATE INDEX CONCURRENTLY events_2026_user_id_idx ON events_2026 (user_id);
-- next migration
ALTER INDEX events_user_id_idx ATTACH PARTITION events_2026_user_id_idx;
""",
    check=OnActions((act.CreateIndex, act.Drop), _find),
)
