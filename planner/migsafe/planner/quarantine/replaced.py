"""What of a rollback script stands for something that comes back from quarantine by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import Constraint

if TYPE_CHECKING:
    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.quarantine import Quarantined


def made_anew(action: Action, kept: Quarantined, state: SchemaState) -> bool:
    """Whether the action makes the table or adds the column that is kept."""
    match action:
        case act.CreateTable(name=name) | act.CreateTableAs(name=name):
            return kept.column is None and str(state.qualified(name)) == kept.table
        case act.AddColumn(table=table, column=column):
            return kept.column == column.name and str(state.qualified(table)) == kept.table
        case _:
            return False


def comes_back(statement: Statement, objects: tuple[Quarantined, ...], state: SchemaState) -> bool:
    """Whether all that the statement does comes back with the objects: their parts, and their rows."""
    return bool(statement.actions) and all(
        any(_comes_with(action, kept, state) for kept in objects) for action in statement.actions
    )


def _comes_with(action: Action, kept: Quarantined, state: SchemaState) -> bool:
    if isinstance(action, act.CreateSequence):
        return action.name.name in kept.parts
    if kept.column is None:
        table = _part_of(action) or _filled(action)
        return table is not None and str(state.qualified(table)) == kept.table
    return _with_column(action, kept, kept.column, state)


def _part_of(action: Action) -> QualifiedName | None:
    """The table that something is made for which a table brings along. What does no harm twice is left as it is."""
    match action:
        case (
            act.CreateIndex(table=table)
            | act.CreateTrigger(table=table)
            | act.CreatePolicy(table=table)
            | act.AddConstraint(table=table)
            | act.AddColumn(table=table)
            | act.AddIdentity(table=table)
        ):
            return table
        case _:
            return None


def _filled(action: Action) -> QualifiedName | None:
    """The table that is given rows or values: it has its own."""
    match action:
        case act.Insert(table=table) | act.Update(table=table):
            return table
        case act.Copy(table=table, is_from=True):
            return table
        case _:
            return None


def _with_column(action: Action, kept: Quarantined, column: str, state: SchemaState) -> bool:
    match action:
        case act.CreateIndex(table=table, name=name) | act.AddConstraint(table=table, constraint=Constraint(name=name)):
            return name in kept.parts and str(state.qualified(table)) == kept.table
        case act.Update(table=table, columns=columns):
            return set(columns) == {column} and str(state.qualified(table)) == kept.table
        case act.SetNotNull(table=table, column=name) | act.SetDefault(table=table, column=name):
            return name == column and str(state.qualified(table)) == kept.table
        case _:
            return False
