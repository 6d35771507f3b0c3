"""Objects dropped, renamed and moved, carried forward."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carrying.columns import take as take_column
from migsafe.planner.carrying.constraints import drop_constraint
from migsafe.planner.carrying.programs import is_meant
from migsafe.planner.schema_state import SchemaState, SequenceState, TableState, dependents
from migsafe.schemas.names import QualifiedName

Handled: TypeAlias = act.Drop | act.DropOwned | act.Rename | act.SetSchema | act.Truncate

RELATIONS = frozenset({ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE})
_ROUTINES = frozenset({ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE, ObjectKind.AGGREGATE})
_TYPES = frozenset({ObjectKind.TYPE, ObjectKind.DOMAIN})


def take(state: SchemaState, action: Handled) -> None:  # noqa: C901 - one short case for each action
    """Change `state` as the action does."""
    match action:
        case act.Drop(kind=kind) if kind in RELATIONS:
            forget(state, state.qualified(action.name), cascade=action.cascade)
        case act.Drop():
            _drop(state, action)
        case act.DropOwned(roles=roles):
            for name in [name for name, known in state.tables.items() if known.owner in roles]:
                forget(state, name, cascade=True)
        case act.Rename(kind=ObjectKind.SCHEMA, name=old, new_name=new):
            for name in [name for name in state.tables if name.schema == old.name]:
                _move(state, name, QualifiedName(name.name, new))
        case act.Rename():
            _rename(state, action)
        case act.SetSchema(kind=kind, name=name, schema=schema) if kind in RELATIONS:
            _move(state, state.qualified(name), QualifiedName(name.name, schema))
        case act.SetSchema():
            _renamed(state, action.kind, action.name, QualifiedName(action.name.name, action.schema), None)
        case act.Truncate():
            pass  # a table that the plan filled and then emptied may still be big until the transaction ends


def _drop(state: SchemaState, action: act.Drop) -> None:  # noqa: C901 - one short case for each kind
    name = action.name
    match action.kind:
        case ObjectKind.SCHEMA:
            for each in [each for each in state.tables if each.schema == name.name]:
                forget(state, each, cascade=True)
            _forget_rest(state, name.name)
        case ObjectKind.INDEX:
            state.indexes.pop(state.qualified(name), None)
        case ObjectKind.SEQUENCE:
            state.sequences.pop(state.qualified(name), None)
        case ObjectKind.POLICY if action.table is not None and (known := state.change(action.table)) is not None:
            known.policies.pop(name.name, None)
        case ObjectKind.TRIGGER if action.table is not None and (known := state.change(action.table)) is not None:
            known.triggers.pop(name.name, None)
        case kind if kind in _ROUTINES:
            _drop_function(state, action)
        case kind if kind in _TYPES:
            _drop_type(state, action)
        case ObjectKind.EXTENSION:
            state.extensions.pop(name.name, None)
        case ObjectKind.PUBLICATION:
            state.publications.pop(name.name, None)
        case _:
            pass


def _forget_rest(state: SchemaState, schema: str) -> None:
    """What is no relation goes with its schema too."""
    for known in (state.functions, state.types, state.sequences):
        for each in [each for each in known if each.schema == schema]:
            known.pop(each)
    state.created_schemas.discard(schema)


def _drop_function(state: SchemaState, action: act.Drop) -> None:
    full = state.function_name(action.name)
    left = tuple(each for each in state.functions.get(full, ()) if not is_meant(each, action.arguments))
    state.functions.pop(full, None)
    if left:
        state.functions[full] = left
    elif action.cascade:
        for table in [table for table, known in state.tables.items() if known.triggers]:
            if (known := state.change(table)) is not None:
                known.triggers = {
                    name: each for name, each in known.triggers.items() if state.function_name(each.function) != full
                }


def _drop_type(state: SchemaState, action: act.Drop) -> None:
    full = state.type_name(action.name)
    state.types.pop(full, None)
    if action.cascade:
        for table, column in dependents.columns_of_type(state, full):
            take_column(state, act.DropColumn(table, column, True, True))


def forget(state: SchemaState, name: QualifiedName, *, cascade: bool) -> None:
    """The relation is gone, with partitions, indexes and sequences; by CASCADE with views, keys and children too."""
    known = state.tables.pop(name, None)
    state.gone.add(name)
    for index in state.indexes.of(name):
        del state.indexes[index]
    for sequence in [sequence for sequence, owned in state.sequences.items() if owned.table == name]:
        del state.sequences[sequence]
    heirs = state.heirs.pop(name, ())
    if known is not None:
        for parent in (*known.inherits, *([known.partition_of] if known.partition_of is not None else [])):
            state.heirs[parent] = tuple(heir for heir in state.heirs.get(parent, ()) if heir != name)
    if cascade or (known is not None and known.kind == "partitioned table"):
        for heir in heirs:
            forget(state, heir, cascade=cascade)
    if cascade:
        _cascade(state, name)


def _cascade(state: SchemaState, gone: QualifiedName) -> None:
    for name, other in list(state.tables.items()):
        if gone in other.sources and name in state.tables:
            forget(state, name, cascade=True)
        for key in [key for key, each in other.constraints.items() if each.referenced == gone]:
            drop_constraint(state, name, key)


def _rename(state: SchemaState, action: act.Rename) -> None:
    new = action.new_name
    match action:
        case act.Rename(kind=ObjectKind.POLICY, table=QualifiedName() as table):
            known = state.change(table)
            if known is not None and action.name.name in known.policies:
                known.policies[new] = known.policies.pop(action.name.name)
        case act.Rename(kind=ObjectKind.TRIGGER, table=QualifiedName() as table):
            known = state.change(table)
            if known is not None and action.name.name in known.triggers:
                known.triggers[new] = known.triggers.pop(action.name.name)
        case act.Rename(kind=kind, name=name) if kind in RELATIONS and state.qualified(name) not in state.indexes:
            full = state.qualified(name)
            _move(state, full, QualifiedName(new, full.schema))
        case act.Rename(kind=ObjectKind.PUBLICATION, name=name):
            if name.name in state.publications:
                state.publications[new] = state.publications.pop(name.name)
        case _:
            _renamed(state, action.kind, action.name, QualifiedName(new, action.name.schema), action.arguments)


def _renamed(
    state: SchemaState,
    kind: ObjectKind,
    name: QualifiedName,
    new: QualifiedName,
    arguments: tuple[str, ...] | None,
) -> None:
    """An index, sequence, function or type by another name; a new name without schema keeps the old one's."""
    full = state.qualified(name)
    if kind in _ROUTINES:
        full = state.function_name(name)
        moved = tuple(each for each in state.functions.get(full, ()) if is_meant(each, arguments))
        left = tuple(each for each in state.functions.pop(full, ()) if not is_meant(each, arguments))
        target = new.within(full.schema or "")
        if left:
            state.functions[full] = left
        if moved:
            state.functions[target] = (*state.functions.get(target, ()), *moved)
    elif kind in _TYPES:
        full = state.type_name(name)
        if full in state.types:
            _rename_type(state, full, new.within(full.schema or ""))
    elif full in state.indexes:
        _rename_index(state, full, new.within(full.schema or ""))
    elif full in state.sequences:
        state.sequences[new.within(full.schema or "")] = state.sequences.pop(full)


def _rename_type(state: SchemaState, old: QualifiedName, new: QualifiedName) -> None:
    users = dependents.columns_of_type(state, old)
    state.types[new] = state.types.pop(old)
    for table, column in users:
        known = state.change(table)
        before = known.columns[column] if known is not None else None
        if known is not None and before is not None and before.type is not None:
            known.columns[column] = replace(before, type=before.type.renamed(new))


def _rename_index(state: SchemaState, old: QualifiedName, new: QualifiedName) -> None:
    """A constraint goes by the name of its index."""
    index = state.indexes.pop(old)
    state.indexes[new] = replace(index, constraint=new.name if index.constraint is not None else None)
    known = state.change(index.table)
    if known is not None and index.constraint is not None and index.constraint in known.constraints:
        known.constraints[new.name] = known.constraints.pop(index.constraint)


def _move(state: SchemaState, old: QualifiedName, new: QualifiedName) -> None:
    known = state.change(old) or TableState()
    state.tables.pop(old, None)
    state.own.discard(old)
    state.made.pop(old, None)
    known.moved = True
    state.put(new, known)
    state.gone.add(old)
    for name, index in state.indexes.of(old).items():
        del state.indexes[name]
        state.indexes[QualifiedName(name.name, new.schema)] = replace(index, table=new)
    for sequence, owned in list(state.sequences.items()):
        if owned.table == old:
            del state.sequences[sequence]
            state.sequences[QualifiedName(sequence.name, new.schema)] = SequenceState(new, owned.column)
    _point_elsewhere(state, old, new)


def _point_elsewhere(state: SchemaState, old: QualifiedName, new: QualifiedName) -> None:
    """What refers to the relation means its new name from now on."""
    if old in state.heirs:
        state.heirs[new] = state.heirs.pop(old)
    for parent, heirs in state.heirs.items():
        if old in heirs:
            state.heirs[parent] = tuple(new if heir == old else heir for heir in heirs)
    for name, other in list(state.tables.items()):
        keys = [key for key, each in other.constraints.items() if each.referenced == old]
        if not (keys or old in other.sources or old in other.inherits or old == other.partition_of):
            continue
        known = state.change(name)
        if known is None:
            continue
        for key in keys:
            known.constraints[key] = replace(known.constraints[key], referenced=new)
        known.sources = tuple(new if each == old else each for each in known.sources)
        known.inherits = tuple(new if each == old else each for each in known.inherits)
        known.partition_of = new if known.partition_of == old else known.partition_of
    for publication, each in state.publications.items():
        if old in each.tables:
            state.publications[publication] = replace(each, tables=each.tables - {old} | {new})
