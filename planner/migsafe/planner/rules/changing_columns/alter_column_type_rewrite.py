"""A change of a column's type that writes the table anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.retyping import follows_time_zone, old_type, rewrites
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column, type=new) if context.live(table):
            if rewrites(action, context) and not follows_time_zone(action, context):
                old = old_type(action, context) or "a type that is not known here"
                yield Hit(table, f"{table}.{column} changes from {old} to {new}")


RULE = Rule(
    name="alter-column-type-rewrite",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy=(
        "Add a column of the new type, keep it in step by a trigger, copy the values in batches, and "
        "swap the two a release later."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, note varchar(20));",
    unsafe="ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
    safe="""
ALTER TABLE orders ALTER COLUMN note TYPE text;
ALTER TABLE orders ADD COLUMN total_new bigint;
""",
    check=OnActions((act.AlterColumnType,), _find),
)
