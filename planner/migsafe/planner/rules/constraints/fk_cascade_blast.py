"""ON DELETE CASCADE that reaches on from table to table."""

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
    from migsafe.schemas.names import QualifiedName


_LARGE = 1_000_000
"""Rows from which a cascade into a table is worth a word by itself."""


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, key in made(action):
        if key.on_delete == "cascade" and key.referenced is not None and context.live(table):
            known = context.state.table(table)
            further = _reached(table, context)
            if further or (known is not None and (known.rows or 0) >= _LARGE):
                through = f", and through it of {', '.join(map(str, further))}" if further else ""
                yield Hit(table, f"deleting a row of {key.referenced} deletes rows of {table}{through}")


def _reached(table: QualifiedName, context: Context) -> list[QualifiedName]:
    """The tables that a delete from this one empties of rows that refer to it, near ones first."""
    start = context.state.qualified(table)
    found = [start]
    for parent in found:
        for name, other in context.state.tables.items():
            keys = other.constraints.values()
            if name not in found and any(each.referenced == parent and each.on_delete == "cascade" for each in keys):
                found.append(name)
    return found[1:]


RULE = Rule(
    name="fk-cascade-blast",
    severity=Severity.NOTICE,
    dimension=Dimension.DATA_LOSS,
    points=10,
    harm=(
        "One DELETE of the application removes rows of all these tables, in one transaction that locks each of them."
    ),
    remedy=(
        "Say RESTRICT, and let the application delete children in batches before their parents, unless "
        "this reach is meant."
    ),
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE TABLE items (order_id bigint REFERENCES orders ON DELETE CASCADE);
CREATE INDEX items_order_idx ON items (order_id);
""",
    unsafe="""
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID;
""",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users ON DELETE RESTRICT NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT of_user;
""",
    check=OnActions(MAKERS, _find),
)
