"""A text with a limit in its type."""

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
        if kind.schema is None and kind.name == "varchar" and kind.modifiers:
            yield Hit(table, f"{table}.{column} is {kind}")


RULE = Rule(
    name="prefer-text",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="A limit in the type saves no space, and to lower it later the whole table is written anew.",
    remedy="Write text, with CHECK (length(column) <= 200) where a limit is wanted.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN note varchar(200);",
    safe="ALTER TABLE orders ADD COLUMN note text;",
    check=OnActions(COLUMNS, _find),
)
