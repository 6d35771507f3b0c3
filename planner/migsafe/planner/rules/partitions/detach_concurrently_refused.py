"""DETACH PARTITION ... CONCURRENTLY beside a DEFAULT partition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.schema_state.dependents import default_partition
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DetachPartition(concurrently=True, parent=parent, partition=table):
            default = default_partition(context.state, parent)
            if default is not None:
                yield Hit(parent, f"{table} cannot leave while {parent} has the DEFAULT partition {default}")
        case _:
            pass


RULE = Rule(
    name="detach-concurrently-refused",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=60,
    harm="PostgreSQL refuses it while the table has a DEFAULT partition (error 55000): the migration stops here.",
    remedy=(
        "Move the rows of the DEFAULT partition to partitions of their own and detach it first; or detach without "
        "CONCURRENTLY, which locks the whole table for a moment."
    ),
    before="""
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE visits (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE visits_2020 PARTITION OF visits FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
""",
    unsafe="ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;",
    safe="ALTER TABLE visits DETACH PARTITION visits_2020 CONCURRENTLY;",
    check=OnActions((act.DetachPartition,), _find),
    since=14,
)
