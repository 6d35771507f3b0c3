"""DELETE of every row of a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.rows import every_row
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Delete(table=table, sources=sources) if context.live(table) and every_row(action, context.state):
            # A USING list alone is a cross join: it spares the rows only where one of its tables is empty.
            joined = f": nothing joins it with {', '.join(map(str, sources))}" if sources else ""
            yield Hit(table, f"every row of {table} is deleted{joined}")


RULE = Rule(
    name="delete-without-where",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=60,
    harm="All rows are gone; while they go, each is locked, and the table is left full of dead rows.",
    remedy="Name the rows in a WHERE, and delete them in batches of some thousands.",
    before="CREATE TABLE sessions (id bigint PRIMARY KEY);",
    unsafe="DELETE FROM sessions;",
    safe="DELETE FROM sessions WHERE id <= 1000;",
    check=OnActions((act.Delete,), _find),
)
