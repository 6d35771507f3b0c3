"""A change to a type that does not hold every value of the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.retyping import narrowed, old_type
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column, type=new) if context.live(table):
            old = old_type(action, context)
            if old is not None and (loss := narrowed(old, new)):
                yield Hit(table, f"{table}.{column} changes from {old} to {new}: {loss}")


RULE = Rule(
    name="alter-column-type-narrowing",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=35,
    harm="Values that do not fit make the migration fail, or are cut and rounded without a word.",
    remedy="Count the values that do not fit first. Keep the old column until the new one has proved itself.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(12, 4));",
    unsafe="ALTER TABLE orders ALTER COLUMN total TYPE numeric(12, 2);",
    safe="ALTER TABLE orders ALTER COLUMN total TYPE numeric(14, 4);",
    check=OnActions((act.AlterColumnType,), _find),
)
