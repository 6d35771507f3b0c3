"""TRUNCATE of a table that is in use."""

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
    match action:
        case act.Truncate(tables=tables):
            yield from (Hit(name, f"{name} is emptied") for name in tables if context.live(name))
        case _:
            pass


RULE = Rule(
    name="truncate",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=60,
    harm="All rows are deleted at once, without triggers for each row, while reads and writes wait.",
    remedy="Delete the rows that must go in batches with a WHERE, after a backup.",
    before="CREATE TABLE events (id bigint PRIMARY KEY);",
    unsafe="TRUNCATE events;",
    safe="DELETE FROM events WHERE id <= 1000;",
    check=OnActions((act.Truncate,), _find),
)
