"""A table filled by a query and not analysed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Insert(table=table, rows=None) | act.Update(table=table, every_row=True):
            if not any(isinstance(each, act.Analyze) for each in after(context)):
                yield Hit(table, f"{table} is filled, and its statistics tell of what was there before")
        case _:
            pass


RULE = Rule(
    name="analyze-after-backfill",
    severity=Severity.OFF,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "Until somebody analyses the table, queries are planned for the rows that it had before. It is off "
        "because autovacuum does that within a minute or so."
    ),
    remedy="Write ANALYZE after it where the first minute matters.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE old_orders (id bigint PRIMARY KEY);
""",
    unsafe="INSERT INTO old_orders SELECT id FROM orders WHERE id <= 1000;",
    safe="""
INSERT INTO old_orders SELECT id FROM orders WHERE id <= 1000;
ANALYZE old_orders;
""",
    check=OnActions((act.Insert, act.Update), _find),
)
