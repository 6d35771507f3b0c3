"""A foreign key between types that PostgreSQL does not compare."""

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


_FAMILIES = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "float4", "float8"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar"), "string"),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), "moment"),
    **{name: name for name in ("uuid", "bool", "bytea", "jsonb")},
}

_WHOLE, _BROKEN = {"int2", "int4", "int8"}, {"numeric", "float8"}
"""Whole numbers can refer to the others, but not the other way round (measured on 17)."""


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, key in made(action):
        for column, old, new in pairs(key, table, action, context.state):
            one, two = _FAMILIES.get(old), _FAMILIES.get(new)
            if (one is not None and two is not None and one != two) or (old in _BROKEN and new in _WHOLE):
                yield Hit(table, f"{table}.{column} is {old}, and cannot refer to {new} in {key.referenced}")


RULE = Rule(
    name="fk-type-incompatible",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=70,
    harm=("PostgreSQL refuses a foreign key between types that it does not compare (42804): the migration fails."),
    remedy="Give the column the type of the key that it refers to.",
    before="CREATE TABLE users (id uuid PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id text);",
    unsafe="ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
    safe="""
ALTER TABLE orders ADD COLUMN owner_id uuid REFERENCES users (id);
-- next migration
CREATE INDEX CONCURRENTLY orders_owner_id_idx ON orders (owner_id);
""",
    check=OnActions(MAKERS, _find),
)
