"""REFRESH MATERIALIZED VIEW CONCURRENTLY."""

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
        case act.RefreshMaterializedView(name=name, concurrently=True) if context.live(name):
            yield Hit(name, f"other refreshes of {name} wait for this one")
        case _:
            pass


RULE = Rule(
    name="refresh-matview-concurrent",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "Queries go on, but it takes EXCLUSIVE on the view until the transaction ends: a scheduled refresh waits "
        "meanwhile. It runs the view's whole query and compares every row."
    ),
    remedy="Leave it to the schedule that refreshes the view anyway, or run it alone in a migration.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, day date);
CREATE MATERIALIZED VIEW days AS SELECT day, count(*) AS orders FROM orders GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days (day);
""",
    unsafe="REFRESH MATERIALIZED VIEW CONCURRENTLY days;",
    safe="COMMENT ON MATERIALIZED VIEW days IS 'refreshed every night by a job';",
    check=OnActions((act.RefreshMaterializedView,), _find),
)
