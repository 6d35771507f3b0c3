"""A foreign key that does not say what becomes of rows whose parent is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.foreign_keys import MAKERS, made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - the signature of a check
    for table, key in made(action):
        if key.on_delete == "no action":
            yield Hit(table, f"{table} keeps rows of {key.referenced} from being deleted")


RULE = Rule(
    name="fk-no-on-delete",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=2,
    harm="Nobody can tell whether it was meant that rows with children cannot be deleted.",
    remedy="Write ON DELETE RESTRICT, CASCADE or SET NULL; NO ACTION cannot be told from silence.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="""
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
CREATE INDEX items_order_idx ON items (order_id);
""",
    safe="""
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE RESTRICT);
CREATE INDEX items_order_idx ON items (order_id);
""",
    check=OnActions(MAKERS, _find),
)
