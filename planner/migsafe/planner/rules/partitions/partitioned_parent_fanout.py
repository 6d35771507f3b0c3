"""ALTER TABLE of a partitioned table, which locks each of its partitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import fellows
from migsafe.planner.rules.clues.partitioned import (
    partitioned,
    partitions,
)
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(only=True) | act.CreateIndex(only=True) | act.CreateIndex(concurrently=True):
            return
        case (
            act.AddColumn(table=table)
            | act.DropColumn(table=table)
            | act.AlterColumnType(table=table)
            | act.AddConstraint(table=table)
            | act.CreateIndex(table=table)
            | act.SetNotNull(table=table)
        ):
            first = next((each for each in fellows(context) if isinstance(each, _RECURSING)), action)
            if first is action and partitioned(context.state, table) and context.live(table):
                below = len(partitions(context.state, table))
                known = f", {below} of them known" if below else ""
                yield Hit(table, f"every partition of {table} is locked with it{known}")
        case _:
            pass


_RECURSING = (act.AddColumn, act.DropColumn, act.AlterColumnType, act.AddConstraint, act.CreateIndex, act.SetNotNull)

RULE = Rule(
    name="partitioned-parent-fanout",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "The change goes on to every partition in the same transaction: the locks on all of them are held until the "
        "last one is done, and with thousands of partitions max_locks_per_transaction may not suffice."
    ),
    remedy=(
        "What can be done on ONLY the partitioned table and then on one partition after the other (indexes, checks) "
        "is better done so."
    ),
    before="""
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
""",
    unsafe="ALTER TABLE events ADD COLUMN note text;",
    safe="CREATE INDEX events_day_idx ON ONLY events (day);",
    check=OnActions(_RECURSING, _find),
)
