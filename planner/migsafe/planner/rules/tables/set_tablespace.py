"""SET TABLESPACE of a table or index that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.SetTablespace(relation=name, tablespace=place, kind=ObjectKind.INDEX):
            table = context.state.table_of_index(name)
            if table is None or context.live(table):
                yield Hit(table or str(name), f"the index {name} of {table or 'its table'} is copied to {place}")
        case act.SetTablespace(relation=name, tablespace=place) if context.live(name):
            known = context.state.table(name)
            # A partitioned table has no rows of its own: only where later partitions go is set.
            if known is None or known.kind != "partitioned table":
                yield Hit(name, f"{name} is copied to {place}")
        case act.MoveTablespace():
            yield Hit("", "everything in the tablespace is copied to another, each table while it is locked")
        case _:
            pass


RULE = Rule(
    name="set-tablespace",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=45,
    scaled=True,
    harm="The whole relation is copied, file by file, while reads and writes of the table wait.",
    remedy=(
        "Move indexes with REINDEX (TABLESPACE ...) CONCURRENTLY (14), and tables with pg_repack --tablespace, or by "
        "copying the rows in batches to a new table."
    ),
    before="""
CREATE TABLE events (id bigint PRIMARY KEY, day date);
CREATE INDEX events_day_idx ON events (day);
""",
    unsafe="ALTER TABLE events SET TABLESPACE fast;",
    safe="REINDEX (TABLESPACE pg_default) INDEX CONCURRENTLY events_day_idx;",
    check=OnActions((act.SetTablespace, act.MoveTablespace), _find),
)
