"""A foreign key column that is narrower than the key that it refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.foreign_keys import MAKERS, made, pairs
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context


_SIZES = {"int2": 2, "int4": 4, "int8": 8}


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, key in made(action):
        for column, old, new in pairs(key, table, action, context.state):
            if _SIZES.get(old, 0) < _SIZES.get(new, 0) and old in _SIZES:
                yield Hit(table, f"{table}.{column} is {old}, and refers to {new} in {key.referenced}")


RULE = Rule(
    name="fk-type-mismatch",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=15,
    harm=('The key can grow beyond what the column holds: one day inserts fail with "integer out of range".'),
    remedy="Give the column the type of the key that it refers to.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="""
CREATE TABLE items (id bigint PRIMARY KEY, order_id int REFERENCES orders (id));
CREATE INDEX items_order_idx ON items (order_id);
""",
    safe="""
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
CREATE INDEX items_order_idx ON items (order_id);
""",
    check=OnActions(MAKERS, _find),
)
