"""A unique index on rows that may hold duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.columns import fills_itself
from migsafe.planner.rules.clues.around import before
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import IndexState
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(table=table, unique=True, columns=columns) if context.live(table):
            names = {column.name for column in columns if column.name is not None}
            known = any(_covers(index, names) for index in context.state.indexes_of(table).values())
            counted = any(_counted(table, name, context) for name in names)
            if not known and not counted and not _cared_for(table, names, context):
                left = ", and leave an invalid index behind" if action.concurrently else ""
                keys = ", ".join(column.name or "an expression" for column in columns)
                yield Hit(table, f"duplicates of {keys} in {table} make it fail{left}")


def _counted(table: QualifiedName, column: str, context: Context) -> bool:
    """Whether the server numbers the column, so that nobody gives it a value that is there already."""
    known = context.state.column(table, column)
    return known is not None and known.identity == "always"


def _cared_for(table: QualifiedName, columns: set[str], context: Context) -> bool:
    """Whether this migration or the one before it mends or fills the rows, or adds a column that is NULL in all."""
    full = context.state.qualified(table)
    lately = (action for each in (context.previous.statements if context.previous else ()) for action in each.actions)
    for action in (*lately, *before(context)):
        match action:
            case act.Update(table=other) | act.Delete(table=other) | act.Merge(table=other):
                cared = True
            case act.AddColumn(table=other, column=new):
                cared = new.name in columns and not fills_itself(new)
            case _:
                continue
        if cared and context.state.qualified(other) == full:
            return True
    return False


def _covers(index: IndexState, names: set[str]) -> bool:
    """Whether a unique index on fewer columns says already that there are no duplicates."""
    keys = {column for column in index.columns if column is not None}
    plain = index.predicate is None and len(keys) == len(index.columns) and bool(keys)
    return index.unique and index.valid and plain and keys <= names


RULE = Rule(
    name="unique-data-dependent",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=10,
    harm="Rows that are there may hold duplicates: then the migration fails in the middle of a deployment.",
    remedy="Count the duplicates first, and mend them in a migration before this one.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text);",
    unsafe="CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);",
    safe="""
DELETE FROM users WHERE id IN (17, 42);  -- the second rows of two addresses, as counted
-- next migration
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
""",
    check=OnActions((act.CreateIndex,), _find),
)
