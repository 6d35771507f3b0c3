"""REFRESH MATERIALIZED VIEW without CONCURRENTLY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.safer import concurrently
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.RefreshMaterializedView(name=name, concurrently=False, with_data=True) if context.live(name):
            safer = concurrently(this_sql(context)) if _unique(name, context) else ""
            yield Hit(name, f"queries on {name} wait until its own query is done", safer)
        case act.RefreshMaterializedView(name=name, with_data=False) if context.live(name):
            yield Hit(name, f"{name} is emptied, and queries on it fail until it is refreshed")
        case _:
            pass


def _unique(view: QualifiedName, context: Context) -> bool:
    """Whether it is known to have what CONCURRENTLY asks for: a unique index of plain columns on all rows."""
    found = context.state.indexes_of(view).values()
    return any(each.unique and each.predicate is None and None not in each.columns for each in found)


RULE = Rule(
    name="refresh-matview-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm="Every query on the view waits until its own query has run and all its rows and indexes are written.",
    remedy=(
        "Refresh it CONCURRENTLY, which needs a unique index of plain columns on all rows, and rows from a first "
        "refresh."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, day date);
CREATE MATERIALIZED VIEW days AS SELECT day, count(*) AS orders FROM orders GROUP BY day;
CREATE UNIQUE INDEX days_day_idx ON days (day);
""",
    unsafe="REFRESH MATERIALIZED VIEW days;",
    safe="REFRESH MATERIALIZED VIEW CONCURRENTLY days;",
    check=OnActions((act.RefreshMaterializedView,), _find),
)
