"""An index built on a table into which much is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


_HOT = 100
"""Rows written in a second."""


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(table=table, concurrently=True) if context.live(table):
            live = context.surroundings.live
            known = live.table(str(context.state.qualified(table))) if live is not None else None
            if known is not None and known.writes >= _HOT:
                yield Hit(table, f"{known.writes:,.0f} rows of {table} are written in a second")
        case _:
            pass


RULE = Rule(
    name="index-on-write-hot-table",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "The build reads the table twice and then catches up with what was written meanwhile, so that it takes far "
        "longer than on a quiet table; from then on each of these writes keeps one index more up to date."
    ),
    remedy="Build it when little is written, and make sure that the queries gain more than the writes lose.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
CREATE TABLE plans (id bigint PRIMARY KEY, name text);
""",
    unsafe="CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);",
    safe="CREATE INDEX CONCURRENTLY plans_name_idx ON plans (name);",
    check=OnActions((act.CreateIndex,), _find),
)
