"""A DEFAULT partition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTable(partition_of=QualifiedName() as parent, default_partition=True, name=table):
            yield Hit(table, f"{table} takes every row of {parent} that fits nowhere else")
        case act.AttachPartition(index=False, default=True, parent=parent, partition=table):
            yield Hit(table, f"{table} takes every row of {parent} that fits nowhere else")
        case _:
            pass


RULE = Rule(
    name="default-partition",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "Each later partition is made by searching the DEFAULT one under ACCESS EXCLUSIVE, and fails if that holds a "
        "row of it; DETACH ... CONCURRENTLY is refused while there is one."
    ),
    remedy="Make partitions ahead of time instead, and let an insert that fits nowhere fail.",
    before="CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);",
    unsafe="""
CREATE TABLE events_rest (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_rest DEFAULT;
""",
    safe="""
CREATE TABLE events_2026 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
""",
    check=OnActions((act.CreateTable, act.AttachPartition), _find),
)
