"""DROP TABLE of a partition, which locks the whole partitioned table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import fellows, only_act, this_sql
from migsafe.planner.rules.clues.partitioned import (
    default_partition,
)
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.TABLE | ObjectKind.FOREIGN_TABLE, name=name):
            known = context.state.table(name)
            parent = known.partition_of if known is not None else None
            if parent is not None and context.live(parent) and parent not in _dropped(context):
                yield Hit(parent, f"{parent} is locked to drop its partition {name}", _safer(name, parent, context))
        case _:
            pass


def _dropped(context: Context) -> set[QualifiedName]:
    return {context.state.qualified(each.name) for each in fellows(context) if isinstance(each, act.Drop)}


def _safer(name: QualifiedName, parent: QualifiedName, context: Context) -> str:
    old = context.major is not None and context.major < _CONCURRENTLY_SINCE
    if old or default_partition(context.state, parent) is not None or not only_act(context):
        return ""
    return parted(f"ALTER TABLE {parent} DETACH PARTITION {name} CONCURRENTLY;", f"{this_sql(context)};")


_CONCURRENTLY_SINCE = 14

RULE = Rule(
    name="drop-partition",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "Dropping a partition takes ACCESS EXCLUSIVE on the partitioned table too: behind one long query that it waits "
        "for, all reads and writes of every partition wait."
    ),
    remedy="Detach it CONCURRENTLY (14) first, alone in a migration; drop it in the next one, as a plain table.",
    before="""
CREATE TABLE events (day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
""",
    unsafe="DROP TABLE events_2020;",
    safe="ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;",
    check=OnActions((act.Drop,), _find),
)
