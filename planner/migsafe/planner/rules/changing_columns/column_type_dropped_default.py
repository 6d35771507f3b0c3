"""A change of type that PostgreSQL refuses because of the default of the column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.retyping import default_dropped, old_type, refused
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if not isinstance(action, act.AlterColumnType) or action.using is None:
        return
    table, column, new = action.table, action.column, action.type
    known, old = context.state.column(table, column), old_type(action, context)
    if known is None or old is None or known.default is None or known.generated or known.default.is_null:
        return
    if refused(old, new, context) and not default_dropped(action, context):
        yield Hit(table, f"the default of {table}.{column} stays {old}, USING or not", _safer(action, context))


def _safer(action: act.AlterColumnType, context: Context) -> str:
    sql, start = this_sql(context), f"ALTER TABLE {action.table} ALTER COLUMN {quoted(action.column)}"
    return f"{start} DROP DEFAULT;\n{sql};\n-- SET DEFAULT to a value of type {action.type}" if sql else ""


RULE = Rule(
    name="column-type-dropped-default",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=70,
    harm=("USING converts the rows, not the default: PostgreSQL refuses the change (42804), and the migration fails."),
    remedy="Drop the default, change the type, and set the default anew, in one transaction.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, settings text DEFAULT '{}');",
    unsafe="ALTER TABLE users ALTER COLUMN settings TYPE jsonb USING settings::jsonb;",
    safe="ALTER TABLE users ADD COLUMN settings_new jsonb DEFAULT '{}';",
    check=OnActions((act.AlterColumnType,), _find),
)
