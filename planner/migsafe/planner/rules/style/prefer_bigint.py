"""A whole number of four or two bytes."""

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

_SMALL = frozenset({"int2", "int4", "smallserial", "serial"})


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    for table, column, kind in written(action):
        if kind.schema is None and kind.name in _SMALL:
            yield Hit(table, f"{table}.{column} is {kind}")


RULE = Rule(
    name="prefer-bigint",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="An int counts to 2,147,483,647; to widen it later, the whole table is written anew while everybody waits.",
    remedy="Write bigint.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN visits int;",
    safe="ALTER TABLE orders ADD COLUMN visits bigint;",
    check=OnActions(COLUMNS, _find),
)
