"""ATTACH PARTITION of a table in use that no CHECK vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import only_act, this_sql
from migsafe.planner.rules.clues.partitioned import (
    bound_as_condition,
    vouched_for,
)
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AttachPartition(index=False, default=False, parent=parent, partition=table) if context.live(table):
            if not vouched_for(context.state, table):
                yield Hit(
                    table, f"{table} is read as a whole, to see whether it fits {parent}", _safer(action, context)
                )
        case _:
            pass


def _safer(attach: act.AttachPartition, context: Context) -> str:
    """By way of a CHECK of the bounds, which can be written for a key of one column."""
    known = context.state.table(attach.parent)
    if known is None or len(known.partition_columns) != 1 or not known.partition_columns[0] or not only_act(context):
        return ""
    if not (condition := bound_as_condition(this_sql(context), quoted(known.partition_columns[0]))):
        return ""
    name, table = quoted(f"{attach.partition.name}_bound"), attach.partition
    return parted(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID;",
        f"ALTER TABLE {table} VALIDATE CONSTRAINT {name};",
        f"{this_sql(context)};",
        f"ALTER TABLE {table} DROP CONSTRAINT {name};",
    )


RULE = Rule(
    name="attach-partition-scan",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "The whole table is read to see whether its rows fit, under ACCESS EXCLUSIVE: its reads and writes wait. The "
        "partitioned table itself stays usable."
    ),
    remedy=(
        "Add a CHECK of the same bounds as NOT VALID, validate it in the next migration while everybody works, attach "
        "the table then, which reads nothing any more, and drop the CHECK."
    ),
    before="""
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2026 (day date NOT NULL);
""",
    unsafe="ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
    safe="""
ALTER TABLE events_2026 ADD CONSTRAINT events_2026_bound
    CHECK (day IS NOT NULL AND day >= '2026-01-01' AND day < '2027-01-01') NOT VALID;
-- next migration
ALTER TABLE events_2026 VALIDATE CONSTRAINT events_2026_bound;
-- next migration
ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
""",
    check=OnActions((act.AttachPartition,), _find),
)
