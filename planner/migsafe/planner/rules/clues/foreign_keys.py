"""Foreign keys as statements make them: whose they are, and the columns on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.actions.typename import SERIAL_TYPES, TypeName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.actions.columns import Column
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.schema_state import SchemaState, TableState
    from migsafe.schemas.names import QualifiedName

MAKERS = (act.AddConstraint, act.AddColumn, act.CreateTable)
"""The actions that can make a constraint of a table."""


def constraints_made(action: Action) -> Iterator[tuple[QualifiedName, Constraint]]:
    """The constraints that an action makes, of any kind, with their table."""
    match action:
        case act.AddConstraint(table=table, constraint=constraint):
            yield table, constraint
        case act.AddColumn(table=table, column=column):
            yield from ((table, each) for each in column.constraints)
        case act.CreateTable(name=name):
            yield from ((name, each) for each in action.all_constraints)
        case _:
            pass


def made(action: Action) -> Iterator[tuple[QualifiedName, Constraint]]:
    """The foreign keys that an action makes, with the table that refers."""
    return (pair for pair in constraints_made(action) if pair[1].kind is ConstraintKind.FOREIGN_KEY)


def referenced_columns(key: Constraint, action: Action, table: QualifiedName, state: SchemaState) -> tuple[str, ...]:
    """The columns that a key refers to: those that it names, else the primary key; empty where it is not known."""
    if key.referenced_columns or key.referenced is None:
        return key.referenced_columns
    if isinstance(action, act.CreateTable) and state.qualified(key.referenced) == state.qualified(table):
        constraints = action.all_constraints
        return next((each.columns for each in constraints if each.kind is ConstraintKind.PRIMARY_KEY), ())
    return primary_key(state.table(key.referenced))


def primary_key(table: TableState | None) -> tuple[str, ...]:
    """The columns of a table's primary key; empty where none is known."""
    found = table.constraints.values() if table is not None else ()
    return next((each.columns for each in found if each.kind is ConstraintKind.PRIMARY_KEY), ())


def type_of(column: str, table: QualifiedName, action: Action, state: SchemaState) -> TypeName | None:
    """The type of a column, of the action's own columns too; serial is told as the type that it makes."""
    found = next((each.type for each in _own(action, table, state) if each.name == column), None)
    if found is None:
        known = state.column(table, column)
        found = known.type if known is not None else None
    return TypeName(SERIAL_TYPES[found.name]) if found is not None and found.serial else found


def pairs(key: Constraint, table: QualifiedName, action: Action, state: SchemaState) -> Iterator[tuple[str, str, str]]:
    """Each column of a key with its type and the type that it refers to, where both are PostgreSQL's own."""
    if key.referenced is None:
        return
    theirs = referenced_columns(key, action, table, state)
    for column, other in zip(key.columns, theirs, strict=False):
        one, two = type_of(column, table, action, state), type_of(other, key.referenced, action, state)
        if one is not None and two is not None and _plain(one, state) and _plain(two, state):
            yield column, one.name, two.name


def _plain(kind: TypeName, state: SchemaState) -> bool:
    return kind.schema is None and not kind.array and state.type_of(kind) is None


def is_not_null(column: str, table: QualifiedName, action: Action, state: SchemaState) -> bool:
    """Whether a column is known to be NOT NULL."""
    own = [each for each in _own(action, table, state) if each.name == column]
    if isinstance(action, act.CreateTable):
        keys = (each for each in action.all_constraints if each.kind is ConstraintKind.PRIMARY_KEY)
        if any(column in key.columns for key in keys):
            return True
    known = state.column(table, column)
    return any(each.not_null for each in own) or (not own and known is not None and known.not_null)


def _own(action: Action, table: QualifiedName, state: SchemaState) -> tuple[Column, ...]:
    """The columns that the action itself gives to the table."""
    match action:
        case act.CreateTable(name=name, columns=columns) if state.qualified(name) == state.qualified(table):
            return columns
        case act.AddColumn(table=changed, column=column) if state.qualified(changed) == state.qualified(table):
            return (column,)
        case _:
            return ()
