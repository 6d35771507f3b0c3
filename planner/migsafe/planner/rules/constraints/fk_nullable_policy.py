"""A foreign key whose columns may be NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.foreign_keys import MAKERS, is_not_null, made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, key in made(action):
        loose = [column for column in key.columns if not is_not_null(column, table, action, context.state)]
        if loose:
            yield Hit(table, f"{table}.{loose[0]} may be NULL and then refers to nothing")


RULE = Rule(
    name="fk-nullable-policy",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="A row may refer to nothing, which every reader has to think of.",
    remedy="Write NOT NULL, if that is your house rule.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="""
CREATE TABLE items (order_id bigint REFERENCES orders (id));
CREATE INDEX items_order_idx ON items (order_id);
""",
    safe="""
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders (id));
CREATE INDEX items_order_idx ON items (order_id);
""",
    check=OnActions(MAKERS, _find),
)
