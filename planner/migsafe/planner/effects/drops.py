"""What DROP reaches: keys at the other end, partitions, sequences, and by CASCADE all that is known to depend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, beside, each_of, in_partitions, own
from migsafe.planner.schema_state import dependents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Drop, DropOwned
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName

_TABLES = frozenset({ObjectKind.TABLE, ObjectKind.FOREIGN_TABLE})
_VIEWS = frozenset({ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW})
_ROUTINES = frozenset({ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE})
_OF_A_TABLE = frozenset({ObjectKind.TRIGGER, ObjectKind.POLICY, ObjectKind.RULE})


def dropped(action: Drop, state: SchemaState) -> Iterator[Part]:
    """DROP of one object of any kind."""
    kind, name, cascade = action.kind, action.name, action.cascade
    if kind in _OF_A_TABLE and action.table is not None:
        yield from _of_table(action, action.table, state)
    elif kind is ObjectKind.INDEX:
        yield from _index(action, state)
    elif kind is ObjectKind.SCHEMA:
        yield from _schema(action, state) if cascade else ()
    elif kind in _TABLES | _VIEWS | {ObjectKind.SEQUENCE}:
        if not (action.if_exists and state.exists(name) is False and state.qualified(name) not in state.sequences):
            yield from relation(state, name, kind, cascade=cascade)
    elif cascade and kind in {ObjectKind.TYPE, ObjectKind.DOMAIN}:
        for table, _ in dependents.columns_of_type(state, state.type_name(name)):
            yield own(table, facts.DROP_COLUMN)
    elif cascade and kind in _ROUTINES:
        yield from _triggers_of(state, name)


def _of_table(action: Drop, table: QualifiedName, state: SchemaState) -> Iterator[Part]:
    """A trigger, policy or rule. IF EXISTS looks it up before it asks for a lock that anybody could wait for."""
    known, name = state.table(table), action.name.name
    if action.if_exists and known is not None and known.told:
        missing_trigger = action.kind is ObjectKind.TRIGGER and name not in known.triggers
        if missing_trigger or (action.kind is ObjectKind.POLICY and name not in known.policies):
            return
    part = own(table, facts.POLICY if action.kind is ObjectKind.POLICY else facts.DROP_TRIGGER)
    trigger = known.triggers.get(name) if known is not None else None
    whole = action.kind is not ObjectKind.TRIGGER or (trigger is not None and not trigger.for_each_row)
    yield from [part] if whole else in_partitions(state, part)


def relation(state: SchemaState, name: QualifiedName, kind: ObjectKind, *, cascade: bool) -> Iterator[Part]:
    """A relation that is dropped, with its partitions; `cascade` brings the views, keys and children on it."""
    if kind is ObjectKind.SEQUENCE:
        owner = state.sequences.get(state.qualified(name))
        yield own(name, facts.DROP_SEQUENCE)
        if owner is not None and owner.table is not None and cascade:
            yield own(owner.table, facts.ALTER_COLUMN)
        return
    table = kind in _TABLES
    known = state.table(name)
    yield own(name, facts.DROP_TABLE if table else facts.DROP_VIEW)
    if table:
        partitioned = known is not None and known.kind == "partitioned table"
        gone = (name, *(state.below(name) if partitioned or cascade else ()))
        yield from _table(state, gone)
        if known is not None and known.partition_of is not None:
            yield own(known.partition_of, facts.DROP_PARTITION)
            default = dependents.default_partition(state, known.partition_of)
            if default is not None:
                yield own(default, facts.DROP_PARTITION)
    if cascade:
        yield from each_of(dependents.views_on(state, name), facts.DROP_VIEW)
        for other in dependents.referencing(state, name):
            yield beside(other, facts.DROP_TABLE)


def _table(state: SchemaState, gone: tuple[QualifiedName, ...]) -> Iterator[Part]:
    first, *below = gone
    yield from each_of(below, facts.DROP_TABLE)
    for each in (first, *below):
        yield from (beside(referenced, facts.DROP_TABLE) for referenced in state.references(each))
        yield from each_of(dependents.sequences_of(state, each), facts.DROP_SEQUENCE)


def _index(action: Drop, state: SchemaState) -> Iterator[Part]:
    table = state.table_of_index(action.name)
    if table is None:
        return
    if action.concurrently:
        yield own(table, facts.DROP_INDEX_CONCURRENTLY)
    else:
        yield from in_partitions(state, own(table, facts.DROP_INDEX))


def _schema(action: Drop, state: SchemaState) -> Iterator[Part]:
    for name, known in list(state.tables.items()):
        if name.schema == action.name.name:
            kind = ObjectKind.VIEW if "view" in known.kind else ObjectKind.TABLE
            yield from relation(state, name, kind, cascade=True)
    for name in state.sequences:
        if name.schema == action.name.name:
            yield own(name, facts.DROP_SEQUENCE)


def _triggers_of(state: SchemaState, function: QualifiedName) -> Iterator[Part]:
    full = state.function_name(function)
    for table, known in state.tables.items():
        if any(state.function_name(each.function) == full for each in known.triggers.values()):
            yield from in_partitions(state, own(table, facts.DROP_TRIGGER))


def owned(action: DropOwned, state: SchemaState) -> Iterator[Part]:
    """DROP OWNED: every known relation of the roles."""
    for name, known in list(state.tables.items()):
        if known.owner in action.roles:
            kind = ObjectKind.VIEW if "view" in known.kind else ObjectKind.TABLE
            yield from relation(state, name, kind, cascade=action.cascade)
