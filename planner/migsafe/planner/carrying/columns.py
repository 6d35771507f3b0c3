"""Columns carried forward: added, dropped, renamed, changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.actions.typename import SERIAL_TYPES, TypeName
from migsafe.planner.carrying.constraints import add_constraint, drop_constraint, made_up
from migsafe.planner.carrying.known import heard_of
from migsafe.planner.schema_state import ColumnState, SchemaState, SequenceState, TableState, dependents
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.actions.columns import Column

Handled: TypeAlias = (
    act.AddColumn
    | act.DropColumn
    | act.RenameColumn
    | act.AlterColumnType
    | act.SetNotNull
    | act.DropNotNull
    | act.SetDefault
    | act.DropDefault
    | act.AddIdentity
    | act.DropIdentity
    | act.SetGeneratedExpression
    | act.DropGeneratedExpression
)


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does, on the table and on its partitions and children."""
    match action:
        case act.RenameColumn(kind=ObjectKind.TYPE):
            _rename_attribute(state, action)
            return
        case act.RenameColumn(kind=ObjectKind.INDEX):
            return
        case _:
            pass
    heard_of(state, action.table)
    full = state.qualified(action.table)
    for name in (full, *state.below(full)):
        if (known := state.change(name)) is not None:
            _take(state, name, known, action)


def _take(state: SchemaState, name: QualifiedName, known: TableState, action: Handled) -> None:
    match action:
        case act.AddColumn(column=column):
            add_column(state, name, column)
        case act.DropColumn(column=column, cascade=cascade):
            if cascade:
                _drop_users(state, name, known, column)
            _drop(state, name, known, column)
        case act.RenameColumn(column=column, new_name=new):
            _rename(state, name, known, column, new)
        case _:
            before = known.columns.get(action.column) or ColumnState(None, False)
            known.columns[action.column] = _changed(before, action)
            _sequence(state, name, action)


_Change: TypeAlias = (
    act.AlterColumnType
    | act.SetNotNull
    | act.DropNotNull
    | act.SetDefault
    | act.DropDefault
    | act.AddIdentity
    | act.DropIdentity
    | act.SetGeneratedExpression
    | act.DropGeneratedExpression
)


def _changed(before: ColumnState, action: _Change) -> ColumnState:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.AlterColumnType(type=kind, collation=collation):
            return replace(before, type=kind, collation=collation)
        case act.SetNotNull() | act.DropNotNull():
            return replace(before, not_null=isinstance(action, act.SetNotNull))
        case act.SetDefault(default=default):
            return replace(before, default=None if default.is_null else default)
        case act.SetGeneratedExpression(expression=expression):
            return replace(before, default=expression)
        case act.DropDefault():
            return replace(before, default=None)
        case act.DropGeneratedExpression():
            return replace(before, default=None, generated="")
        case act.AddIdentity(identity=identity):
            return replace(before, identity=identity)
        case act.DropIdentity():
            return replace(before, identity="")


def _sequence(state: SchemaState, table: QualifiedName, action: _Change) -> None:
    match action:
        case act.AddIdentity(column=column):
            own_sequence(state, table, column)
        case act.DropIdentity(column=column):
            _drop_sequences(state, table, column)
        case _:
            pass


def own_sequence(state: SchemaState, table: QualifiedName, column: str) -> None:
    """The sequence of a serial or identity column (ChooseRelationName: table_column_seq)."""
    base = made_up(table.name, column, "seq")
    names = (QualifiedName(f"{base}{number or ''}", table.schema) for number in range(1000))
    name = next(each for each in names if each not in state.sequences)
    state.sequences[name] = SequenceState(table, column)


def _drop_sequences(state: SchemaState, table: QualifiedName, column: str) -> None:
    for name in [name for name, each in state.sequences.items() if (each.table, each.column) == (table, column)]:
        del state.sequences[name]


def column_state(column: Column) -> ColumnState:
    """The column as a statement defines it."""
    generated = "" if column.generated is None else "stored" if column.stored else "virtual"
    default = column.generated if column.generated is not None else column.default
    kind = column.type
    if kind is not None and kind.serial:
        kind = TypeName(SERIAL_TYPES[kind.name])
    return ColumnState(kind, column.not_null, default, generated, column.identity or "", column.collation)


def add_column(state: SchemaState, table: QualifiedName, column: Column) -> None:
    """Add a column with its constraints and its sequence; one that is there stays as it is (IF NOT EXISTS)."""
    known = state.change(table)
    if known is None or column.name in known.columns:
        return
    known.columns[column.name] = column_state(column)
    if column.identity is not None or (column.type is not None and column.type.serial):
        own_sequence(state, state.qualified(table), column.name)
    for constraint in column.constraints:
        add_constraint(state, table, constraint)


def _drop(state: SchemaState, table: QualifiedName, known: TableState, column: str) -> None:
    """Indexes, constraints, policies and generated columns that need it go with it (or CASCADE is refused)."""
    known.columns.pop(column, None)
    for name in [name for name, each in known.constraints.items() if column in each.columns]:
        drop_constraint(state, table, name)
    for index_name, index in state.indexes_of(table).items():
        if column in index.needs or column in index.columns:
            del state.indexes[index_name]
    for generated in [name for name, each in known.columns.items() if each.generated and _reads(each, column)]:
        _drop(state, table, known, generated)
    _drop_sequences(state, table, column)


def _drop_users(state: SchemaState, table: QualifiedName, known: TableState, column: str) -> None:
    """What CASCADE takes along: views, triggers, foreign keys of other tables."""
    for view in dependents.views_on(state, table, column):
        state.tables.pop(view, None)
        state.gone.add(view)
    known.triggers = {name: each for name, each in known.triggers.items() if column not in each.columns}
    for other in dependents.referencing(state, table, column):
        keys = state.tables[other].constraints.items()
        for key in [key for key, each in keys if each.referenced == table and column in each.referenced_columns]:
            drop_constraint(state, other, key)


def _reads(generated: ColumnState, column: str) -> bool:
    return generated.default is not None and column in generated.default.columns


def _rename(state: SchemaState, table: QualifiedName, known: TableState, column: str, new: str) -> None:
    known.columns = {new if name == column else name: each for name, each in known.columns.items()}
    known.columns.setdefault(new, ColumnState(None, False))
    for name, each in known.constraints.items():
        known.constraints[name] = replace(
            each,
            columns=tuple(new if one == column else one for one in each.columns),
            proves_not_null=new if each.proves_not_null == column else each.proves_not_null,
        )
    known.partition_columns = tuple(new if one == column else one for one in known.partition_columns)
    for index_name, index in state.indexes_of(table).items():
        if column in index.needs:
            columns = tuple(new if one == column else one for one in index.columns)
            state.indexes[index_name] = replace(index, columns=columns, needs=index.needs - {column} | {new})
    _rename_referenced(state, table, column, new)
    for sequence, owned in state.sequences.items():
        if (owned.table, owned.column) == (table, column):
            state.sequences[sequence] = SequenceState(table, new)


def _rename_referenced(state: SchemaState, table: QualifiedName, column: str, new: str) -> None:
    for name, other in list(state.tables.items()):
        for key, each in other.constraints.items():
            if each.referenced == table and column in each.referenced_columns:
                columns = tuple(new if one == column else one for one in each.referenced_columns)
                if (known := state.change(name)) is not None:
                    known.constraints[key] = replace(each, referenced_columns=columns)


def _rename_attribute(state: SchemaState, action: act.RenameColumn) -> None:
    name = state.type_name(action.table)
    if (known := state.types.get(name)) is not None:
        renamed = ((action.new_name if one == action.column else one, kind) for one, kind in known.attributes)
        state.types[name] = replace(known, attributes=tuple(renamed))
