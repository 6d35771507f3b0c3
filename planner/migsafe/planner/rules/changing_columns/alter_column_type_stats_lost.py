"""A change of type that forgets what the planner knows of an indexed column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import after, this_sql
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column) if context.live(table):
            full = context.state.qualified(table)
            analyzed = any(
                isinstance(later, act.Analyze)
                and (not later.tables or full in map(context.state.qualified, later.tables))
                for later in after(context)
            )
            if not analyzed and any(column in index.columns for index in context.state.indexes_of(table).values()):
                yield Hit(table, f"the statistics of {table}.{column} are gone", _safer(table, column, context))


def _safer(table: QualifiedName, column: str, context: Context) -> str:
    sql = this_sql(context)
    return f"{sql};\nANALYZE {table} ({quoted(column)});" if sql else ""


RULE = Rule(
    name="alter-column-type-stats-lost",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "A change of type drops the statistics of the column: until the next ANALYZE, queries that use "
        "its index may get bad plans."
    ),
    remedy="ANALYZE the column right after the change.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)); CREATE INDEX users_name_idx ON users (name);",
    unsafe="ALTER TABLE users ALTER COLUMN name TYPE text;",
    safe="""
ALTER TABLE users ALTER COLUMN name TYPE text;
ANALYZE users (name);
""",
    check=OnActions((act.AlterColumnType,), _find),
)
