"""IF NOT EXISTS over something that is there and is not what the statement would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.shapes import differences, same_type
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTable(name=table, if_not_exists=True, temporary=False):
            known = context.state.table(table)
            if known is not None and (told := "; ".join(differences(known, action))):
                yield Hit(table, f"{table} is there already and stays as it is: {told}")
        case act.AddColumn(table=table, column=column, if_not_exists=True) if column.type is not None:
            there = context.state.column(table, column.name)
            if there is not None and there.type is not None and not same_type(there.type, column.type):
                told = f"it is {there.type}, not {column.type}"
                yield Hit(table, f"{column.name} of {table} is there already and stays as it is: {told}")
        case act.CreateIndex(table=table, if_not_exists=True) if action.qualified is not None:
            full = context.state.qualified(action.qualified)
            # Where the search path does not lead, a DROP INDEX without a schema may have meant it: nobody knows.
            index = context.state.indexes.get(full) if full.schema in context.state.path else None
            columns = tuple(column.name for column in action.columns)
            if index is not None and index.columns and (index.columns, index.unique) != (columns, action.unique):
                keys = ", ".join(column or "an expression" for column in index.columns)
                told = f"it is {'unique ' if index.unique else ''}on {keys} of {index.table}"
                yield Hit(table, f"the index {action.name} is there already and stays as it is: {told}")
        case _:
            pass


RULE = Rule(
    name="if-not-exists-differs",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=25,
    harm=(
        "The statement does nothing and reports success: what comes later, and the application, meet something else "
        "than the migration says."
    ),
    remedy="Leave IF NOT EXISTS out, so that the clash shows; change what is there by ALTER TABLE, or by another name.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="CREATE TABLE IF NOT EXISTS notes (id bigint PRIMARY KEY, body text);",
    safe="ALTER TABLE notes ADD COLUMN body text;",
    check=OnActions((act.CreateTable, act.AddColumn, act.CreateIndex), _find),
)
