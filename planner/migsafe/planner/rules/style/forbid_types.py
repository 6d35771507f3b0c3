"""A type that has a better one."""

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

_BETTER = {"json": "jsonb", "money": "numeric", "timetz": "timestamptz"}


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    for table, column, kind in written(action):
        if kind.schema is None and kind.name in _BETTER:
            yield Hit(table, f"{table}.{column} is {kind}, and {_BETTER[kind.name]} does more")


RULE = Rule(
    name="forbid-types",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="json has no equality; money follows a setting of the server; timetz does not know its day.",
    remedy="Write jsonb, numeric or timestamptz.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN price money;",
    safe="ALTER TABLE orders ADD COLUMN price numeric;",
    check=OnActions(COLUMNS, _find),
)
