"""Constraints carried forward, with the indexes behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carrying.known import heard_of
from migsafe.planner.schema_state import ConstraintState, IndexState
from migsafe.planner.state_objects import not_null_columns
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.schema_state import SchemaState, TableState

Handled: TypeAlias = act.AddConstraint | act.DropConstraint | act.ValidateConstraint | act.RenameConstraint


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does."""
    if isinstance(action, act.RenameConstraint) and action.kind is ObjectKind.DOMAIN:
        _rename_of_domain(state, action)
        return
    heard_of(state, action.table)
    full = state.qualified(action.table)
    match action:
        case act.AddConstraint(constraint=constraint, only=only):
            # The name is made up for the parent and kept for its heirs; FOREIGN KEY and keys reach partitions only.
            named = constraint_name(full, constraint)
            for name in (full, *(() if only or constraint.no_inherit else state.below(full))):
                add_constraint(state, name, constraint, named if constraint.kind is ConstraintKind.CHECK else None)
        case act.DropConstraint(name=dropped):
            for name in (full, *state.below(full)):
                drop_constraint(state, name, dropped)
        case act.ValidateConstraint(name=validated):
            for name in (full, *state.below(full)):
                _validate(state, name, validated)
        case act.RenameConstraint(name=old, new_name=new):
            for name in (full, *state.below(full)):
                _rename(state, name, old, new)


_SUFFIXES = {
    ConstraintKind.PRIMARY_KEY: "pkey",
    ConstraintKind.FOREIGN_KEY: "fkey",
    ConstraintKind.UNIQUE: "key",
    ConstraintKind.EXCLUDE: "excl",
    ConstraintKind.NOT_NULL: "not_null",
    ConstraintKind.CHECK: "check",
}
_LONGEST = 63


def constraint_name(table: QualifiedName, constraint: Constraint) -> str:
    """Its name, or the one that PostgreSQL makes up where nothing else is in the way."""
    if constraint.name is not None:
        return constraint.name
    if constraint.using_index is not None:
        return constraint.using_index
    columns = () if constraint.kind is ConstraintKind.PRIMARY_KEY else constraint.columns
    if constraint.kind is ConstraintKind.CHECK and not columns and constraint.expression is not None:
        # heap.c, AddRelationNewConstraints: the column is named where the condition has exactly one.
        columns = constraint.expression.columns if len(constraint.expression.columns) == 1 else ()
    return made_up(table.name, "_".join(columns), _SUFFIXES[constraint.kind])


def made_up(table: str, middle: str, suffix: str) -> str:
    """The name that PostgreSQL makes of its parts (indexcmds.c, makeObjectName): the longer part is cut to fit 63."""
    over = len("_".join(filter(None, [table, middle, suffix])).encode()) - _LONGEST
    first, second = len(table.encode()), len(middle.encode())
    while over > 0:
        if first > second:
            first -= 1
        else:
            second -= 1
        over -= 1
    parts = [_cut(table, first), _cut(middle, second), suffix]
    return "_".join(part for part in parts if part)


def _cut(text: str, length: int) -> str:
    return text.encode()[:length].decode(errors="ignore")


def add_constraint(state: SchemaState, table: QualifiedName, constraint: Constraint, named: str | None = None) -> None:
    """Add a constraint, with the index behind it and the NOT NULL that it makes; by the name `named`, or its own."""
    known = state.change(table)
    if known is None:
        return
    full = state.qualified(table)
    name = _free(known, named or constraint_name(full, constraint), given=constraint.name is not None)
    columns = _key(state, full, name, constraint)
    known.constraints[name] = _constraint_state(state, constraint, columns)
    if constraint.kind in {ConstraintKind.PRIMARY_KEY, ConstraintKind.NOT_NULL} and not constraint.not_valid:
        for column in columns:
            if column in known.columns:
                known.columns[column] = replace(known.columns[column], not_null=True)


def _free(known: TableState, name: str, *, given: bool) -> str:
    """The name, or with a number after it where it is made up and taken."""
    if given or name not in known.constraints:
        return name
    return next(f"{name}{number}" for number in range(1, 1000) if f"{name}{number}" not in known.constraints)


def _key(state: SchemaState, table: QualifiedName, name: str, constraint: Constraint) -> tuple[str, ...]:
    """The columns of a constraint; what is behind a key is made, or taken over and renamed (USING INDEX)."""
    if constraint.kind not in {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE}:
        return constraint.columns
    index_name = QualifiedName(name, table.schema)
    if constraint.using_index is not None:
        taken = state.indexes.pop(QualifiedName(constraint.using_index, table.schema), IndexState(table, unique=True))
        state.indexes[index_name] = replace(taken, constraint=name)
        return tuple(column for column in taken.columns if column is not None)
    excluding = constraint.kind is ConstraintKind.EXCLUDE
    state.indexes[index_name] = IndexState(
        table,
        constraint.columns,
        not excluding,
        method=constraint.method or "btree",
        constraint=name,
        created=True,
        needs=frozenset(constraint.columns),
    )
    return constraint.columns


def _constraint_state(state: SchemaState, constraint: Constraint, columns: tuple[str, ...]) -> ConstraintState:
    checked = constraint.expression if constraint.kind is ConstraintKind.CHECK else None
    return ConstraintState(
        constraint.kind,
        checked.columns if checked is not None else columns,
        state.qualified(constraint.referenced) if constraint.referenced is not None else None,
        not constraint.not_valid and constraint.enforced,
        _not_null_column(checked),
        checked,
        constraint.referenced_columns or _primary_key(state, constraint.referenced),
        constraint.on_delete,
        constraint.deferrable,
        constraint.enforced,
        constraint.no_inherit,
    )


def _not_null_column(condition: Expression | None) -> str | None:
    """A column that the condition proves to be NOT NULL: `column IS NOT NULL`, alone or joined by AND."""
    return next(iter(not_null_columns(condition.node)), None) if condition is not None else None


def _primary_key(state: SchemaState, table: QualifiedName | None) -> tuple[str, ...]:
    """What a foreign key refers to that names no columns; empty where the table is not known."""
    known = state.table(table) if table is not None else None
    found = known.constraints.values() if known is not None else ()
    return next((each.columns for each in found if each.kind is ConstraintKind.PRIMARY_KEY), ())


def drop_constraint(state: SchemaState, table: QualifiedName, name: str) -> None:
    """Forget a constraint and the index behind it; a NOT NULL of that name (18) leaves its column."""
    known = state.change(table)
    dropped = known.constraints.pop(name, None) if known is not None else None
    if known is None or dropped is None:
        return
    full = state.qualified(table)
    for index_name, index in state.indexes_of(full).items():
        if index.constraint == name:
            del state.indexes[index_name]
    if dropped.kind is ConstraintKind.NOT_NULL:
        for column in dropped.columns:
            if column in known.columns:
                known.columns[column] = replace(known.columns[column], not_null=False)


def _validate(state: SchemaState, table: QualifiedName, name: str) -> None:
    known = state.change(table)
    if known is None or name not in known.constraints:
        return
    found = known.constraints[name] = replace(known.constraints[name], valid=True)
    if found.kind is ConstraintKind.NOT_NULL:
        for column in found.columns:
            if column in known.columns:
                known.columns[column] = replace(known.columns[column], not_null=True)


def _rename(state: SchemaState, table: QualifiedName, old: str, new: str) -> None:
    known = state.change(table)
    if known is None or old not in known.constraints:
        return
    known.constraints[new] = known.constraints.pop(old)
    for name, index in state.indexes_of(table).items():
        if index.constraint == old:
            del state.indexes[name]
            state.indexes[QualifiedName(new, name.schema)] = replace(index, constraint=new)


def _rename_of_domain(state: SchemaState, action: act.RenameConstraint) -> None:
    name = state.type_name(action.table)
    if (known := state.types.get(name)) is not None:
        checks = tuple(action.new_name if one == action.name else one for one in known.checks)
        state.types[name] = replace(known, checks=checks)
