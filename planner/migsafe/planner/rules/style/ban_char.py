"""A text that is filled up with blanks."""

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
        if kind.schema is None and kind.name == "bpchar":
            yield Hit(table, f"{table}.{column} is char")


RULE = Rule(
    name="ban-char",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="The value is filled up with blanks, which some comparisons see and others do not.",
    remedy="Write text, with a CHECK on its length.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN country char(2);",
    safe="ALTER TABLE orders ADD COLUMN country text;",
    check=OnActions(COLUMNS, _find),
)
