"""A foreign key that cannot be deferred to the end of a transaction."""

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
        if not key.deferrable:
            yield Hit(table, f"the foreign key of {table} to {key.referenced} is checked at each statement")


RULE = Rule(
    name="fk-deferrable-policy",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Rows that refer to each other have to be written in one order, and bulk loads sorted.",
    remedy="Write DEFERRABLE, if that is your house rule.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="""
CREATE TABLE items (order_id bigint REFERENCES orders (id));
CREATE INDEX items_order_idx ON items (order_id);
""",
    safe="""
CREATE TABLE items (order_id bigint REFERENCES orders (id) DEFERRABLE);
CREATE INDEX items_order_idx ON items (order_id);
""",
    check=OnActions(MAKERS, _find),
)
