"""DETACH PARTITION without CONCURRENTLY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import only_act, this_sql
from migsafe.planner.rules.clues.partitioned import (
    default_partition,
)
from migsafe.planner.rules.remedies.safer import alone
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DetachPartition(concurrently=False, finalize=False, parent=parent, partition=table):
            if context.live(parent):
                yield Hit(parent, f"{parent} is locked to let go of {table}", _safer(parent, context))
        case _:
            pass


def _safer(parent: QualifiedName, context: Context) -> str:
    """With CONCURRENTLY, which PostgreSQL refuses while there is a DEFAULT partition."""
    if default_partition(context.state, parent) is not None or not only_act(context):
        return ""
    return alone(context, f"{this_sql(context)} CONCURRENTLY;")


RULE = Rule(
    name="detach-partition-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    harm=(
        "It takes ACCESS EXCLUSIVE on the partitioned table and on the partition: behind one long query that it waits "
        "for, all reads and writes of every partition wait too."
    ),
    remedy=(
        "Detach it CONCURRENTLY, alone in a migration. That is refused while the table has a DEFAULT partition: then "
        "run it with a short lock_timeout, which migsafe sets, and try again."
    ),
    before="""
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
""",
    unsafe="ALTER TABLE events DETACH PARTITION events_2020;",
    safe="ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;",
    check=OnActions((act.DetachPartition,), _find),
    since=14,
)
