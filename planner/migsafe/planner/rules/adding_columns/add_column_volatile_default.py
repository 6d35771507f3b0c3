"""A new column whose default is called for every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.remedies.rewritten import column_text, not_null_later
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import parsed, quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if column.default is not None and context.live(table):
            if called := _volatile(column.default, context):
                detail = f"adding {table}.{column.name} writes the table anew: {called}() is called for every row"
                yield Hit(table, detail, _safer(table, column, context))


def _volatile(default: Expression, context: Context) -> str:
    """The first function of the default that is not known to be stable; functions of the schema tell what they are."""
    for name in default.volatile_calls:
        overloads = context.state.functions.get(context.state.qualified(parsed(name)), ())
        if not overloads or any(each.volatility == "volatile" for each in overloads):
            return name
    return ""


def _safer(table: QualifiedName, column: Column, context: Context) -> str:
    text = column_text(context)
    default = text.of("CONSTR_DEFAULT") if text is not None else ""
    if text is None or not default.upper().startswith("DEFAULT") or column.primary_key:
        return ""
    plain = text.without("CONSTR_DEFAULT", "CONSTR_NOTNULL")
    started = f"ALTER TABLE {table} ALTER COLUMN {quoted(column.name)} SET {default};"
    filled = "-- fill the rows that are there, in batches"
    first = f"{plain}\n{started}\n{filled}"
    return parted(first, not_null_later(table, column.name)) if column.not_null else first


RULE = Rule(
    name="add-column-volatile-default",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy=(
        "Add the column without a default, set the default for new rows, and fill the old ones in "
        "batches. now() and constants are free."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();",
    safe="""
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
""",
    check=OnActions((act.AddColumn,), _find),
)
