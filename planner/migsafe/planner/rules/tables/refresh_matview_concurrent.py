"""REFRESH MATERIALIZED VIEW CONCURRENTLY in a transaction that goes on after it."""

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
        case act.RefreshMaterializedView(name=name, concurrently=True) if context.live(name) and _more_follows(context):
            yield Hit(name, f"other refreshes of {name} wait until all that follows in the transaction is done")
        case _:
            pass


def _more_follows(context: Context) -> bool:
    """Whether the transaction goes on after it: alone it holds its lock no longer than any scheduled refresh."""
    return any(context.later())


RULE = Rule(
    name="refresh-matview-concurrent",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "Queries go on, but it takes EXCLUSIVE on the view until the transaction ends: a scheduled refresh waits "
        "meanwhile, and what follows is done only after the view's whole query has run and every row is compared."
    ),
    remedy="Run it alone in a migration, or leave it to the schedule that refreshes the view anyway.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, day date);
CREATE MATERIALIZED VIEW days AS SELECT day, count(*) AS orders FROM orders GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days (day);
""",
    unsafe="""
REFRESH MATERIALIZED VIEW CONCURRENTLY days;
ALTER TABLE orders ADD COLUMN note text;
""",
    safe="""
REFRESH MATERIALIZED VIEW CONCURRENTLY days;
-- next migration
ALTER TABLE orders ADD COLUMN note text;
""",
    check=OnActions((act.RefreshMaterializedView,), _find),
)
