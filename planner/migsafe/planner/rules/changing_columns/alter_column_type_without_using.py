"""A change of type that PostgreSQL refuses without USING."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.retyping import old_type, refused
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if not isinstance(action, act.AlterColumnType) or action.using is not None:
        return
    table, column, new = action.table, action.column, action.type
    old = old_type(action, context)
    if old is not None and refused(old, new, context):
        yield Hit(table, f"nothing casts {table}.{column} from {old} to {new} by itself")


RULE = Rule(
    name="alter-column-type-without-using",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=70,
    harm=(
        "PostgreSQL casts nothing of the old type to the new one by itself and refuses the change "
        "(42804): the migration fails, on an empty table too."
    ),
    remedy=("Say with USING how a value is converted; if the table is in use, do it in a new column, in batches."),
    before="CREATE TABLE users (id bigint PRIMARY KEY, age text);",
    unsafe="ALTER TABLE users ALTER COLUMN age TYPE int;",
    safe="ALTER TABLE users ADD COLUMN age_in_years int;",
    check=OnActions((act.AlterColumnType,), _find),
)
