"""SET STORAGE or SET COMPRESSION, which leaves the rows that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if isinstance(action, act.TuneColumn) and action.setting in {"storage", "compression"}:
        table = action.table
        if context.live(table):
            yield Hit(table, f"the {action.setting} of {table}.{action.column} changes for new values only")


RULE = Rule(
    name="alter-column-storage-compression",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=3,
    harm="Reads and writes wait for a moment, and values that are stored already stay as they are.",
    remedy="Set it when the table is made. To change old values too, write them anew in batches.",
    before="CREATE TABLE pages (id bigint PRIMARY KEY, body text);",
    unsafe="ALTER TABLE pages ALTER COLUMN body SET STORAGE EXTERNAL;",
    safe="ALTER TABLE pages ALTER COLUMN body SET STATISTICS 500;",
    check=OnActions((act.TuneColumn,), _find),
)
