"""A time without its zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.written_columns import COLUMNS, written
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    for table, column, kind in written(action):
        if kind.schema is None and kind.name == "timestamp":
            yield Hit(table, f"{table}.{column} is timestamp without time zone")


RULE = Rule(
    name="prefer-timestamptz",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="The same value means another moment to each session with another time zone.",
    remedy="Write timestamptz, which keeps a moment.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN paid_at timestamp;",
    safe="ALTER TABLE orders ADD COLUMN paid_at timestamptz;",
    check=OnActions(COLUMNS, _find),
)
