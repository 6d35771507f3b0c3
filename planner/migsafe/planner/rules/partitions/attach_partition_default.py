"""A new partition beside a DEFAULT partition, which is searched for its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.partitioned import (
    default_partition,
    vouched_for,
)
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AttachPartition(index=False, default=False, parent=parent, partition=made):
            pass
        case act.CreateTable(partition_of=QualifiedName() as parent, default_partition=False, name=made):
            pass
        case _:
            return
    rest = default_partition(context.state, parent)
    if rest is not None and context.live(rest) and not vouched_for(context.state, rest):
        yield Hit(rest, f"{rest} is searched for rows of the new partition {made}")


RULE = Rule(
    name="attach-partition-default",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "The DEFAULT partition is read as a whole under ACCESS EXCLUSIVE, to see that it holds no row of the new one: "
        "its reads and writes wait. If it holds one, the migration fails."
    ),
    remedy=(
        "Add a CHECK to the DEFAULT partition that excludes the new bounds, NOT VALID first and validated in the next "
        "migration: then it is not read. Rows that belong to the new partition must be moved out before."
    ),
    before="""
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
""",
    unsafe="CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    safe="""
ALTER TABLE events_rest ADD CONSTRAINT events_rest_not_2026
    CHECK (day < '2026-01-01' OR day >= '2027-01-01') NOT VALID;
-- next migration
ALTER TABLE events_rest VALIDATE CONSTRAINT events_rest_not_2026;
""",
    check=OnActions((act.AttachPartition, act.CreateTable), _find),
)
