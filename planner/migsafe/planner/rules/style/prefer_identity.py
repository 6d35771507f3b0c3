"""A column of a serial type."""

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
        if kind.serial:
            yield Hit(table, f"{table}.{column} is {kind}")


RULE = Rule(
    name="prefer-identity",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="The sequence of a serial column has rights of its own, which GRANT on the table forgets.",
    remedy="Write GENERATED ALWAYS AS IDENTITY.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="CREATE TABLE items (id bigserial PRIMARY KEY);",
    safe="CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);",
    check=OnActions(COLUMNS, _find),
)
