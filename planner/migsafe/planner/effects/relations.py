"""What making, naming, moving and describing relations does."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.effects import partitions
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, beside, each_of, everywhere, in_partitions, own
from migsafe.planner.schema_state import dependents
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.schema_state import SchemaState

RELATIONS = frozenset(
    {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE, ObjectKind.SEQUENCE}
)
_VIEWS = frozenset({ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW})

Making: TypeAlias = act.CreateTable | act.CreateTableAs | act.CreateView


def made(action: Making, state: SchemaState) -> Iterator[Part]:
    """The new relation, what it refers to, inherits from, copies and reads."""
    match action:
        case act.CreateTable(name=name):
            if not (action.if_not_exists and state.exists(name)):
                yield from _table(action, state)
        case act.CreateTableAs(name=name, sources=sources):
            if not (action.if_not_exists and state.exists(name)):
                yield own(name, facts.CREATE_TABLE)
            yield from each_of(sources, facts.READ)
        case act.CreateView(name=name, sources=sources, or_replace=or_replace):
            replaced = or_replace and state.exists(name) is not False
            yield own(name, facts.REPLACE_VIEW if replaced else facts.CREATE_TABLE)
            yield from each_of(sources, facts.READ)


def _table(action: act.CreateTable, state: SchemaState) -> Iterator[Part]:
    yield own(action.name, facts.CREATE_TABLE)
    if action.partition_of is not None:
        yield from partitions.created(state, action.partition_of, action.partition_bound)
    for parent in action.inherits:
        yield beside(parent, facts.CREATE_CHILD)
    yield from each_of(action.like, facts.READ)
    for constraint in action.all_constraints:
        if constraint.referenced is not None:
            yield from in_partitions(state, beside(constraint.referenced, facts.CREATE_TABLE))


Naming: TypeAlias = act.Rename | act.RenameColumn | act.RenameConstraint | act.SetSchema | act.ChangeOwner


def named(action: Naming, state: SchemaState) -> Iterator[Part]:  # noqa: C901 - one short case for each action
    """Names, schemas and owners; sequences that go with a table follow it."""
    match action:
        case act.Rename(table=QualifiedName() as table):
            yield own(table, facts.ALTER_TABLE)
        case act.Rename(kind=ObjectKind.INDEX, name=name):
            yield own(name, facts.ALTER_INDEX)
        case act.RenameColumn(table=table, kind=kind):
            if kind in RELATIONS:
                yield from everywhere(state, own(table, facts.ALTER_TABLE))
        case act.RenameConstraint(table=table, kind=kind):
            if kind in RELATIONS:
                yield from everywhere(state, own(table, facts.ALTER_TABLE))
        case act.Rename(kind=kind, name=name):
            if kind in RELATIONS:
                yield own(name, facts.ALTER_TABLE)
        case act.SetSchema(kind=kind, name=name) | act.ChangeOwner(kind=kind, name=name):
            if kind in RELATIONS:
                yield own(name, facts.ALTER_TABLE)
                yield from each_of(dependents.sequences_of(state, name), facts.ALTER_TABLE)


Describing: TypeAlias = act.Comment | act.SecurityLabel


def described(action: Describing, state: SchemaState) -> Iterator[Part]:
    """COMMENT and SECURITY LABEL."""
    del state
    if action.kind in RELATIONS:
        yield own(action.name, facts.DESCRIBE)
    elif isinstance(action, act.Comment) and action.table is not None:
        column = action.kind is ObjectKind.COLUMN
        if column or action.kind in {ObjectKind.TRIGGER, ObjectKind.POLICY, ObjectKind.RULE, ObjectKind.CONSTRAINT}:
            yield own(action.table, facts.DESCRIBE if column else facts.DESCRIBE_PART)


Setting: TypeAlias = act.SetStorageParameters | act.SetTablespace | act.SetLogged | act.SetAccessMethod

# reloptions.c: parameters whose change is more than SHARE UPDATE EXCLUSIVE.
_STRONG_PARAMETERS = frozenset({"user_catalog_table"})


def stored(action: Setting, state: SchemaState) -> Iterator[Part]:
    """How a relation is kept."""
    match action:
        case act.SetStorageParameters(relation=name, kind=kind, parameters=parameters):
            if kind is ObjectKind.INDEX:
                yield own(name, facts.ALTER_INDEX)
            elif kind in RELATIONS:
                strong = kind is ObjectKind.VIEW or any(key in _STRONG_PARAMETERS for key, _ in parameters)
                yield own(name, facts.ALTER_TABLE if strong else facts.STORAGE_PARAMETERS)
        case act.SetTablespace(relation=name, kind=kind):
            if kind in RELATIONS:
                yield own(name, facts.COPY_TABLE)
            elif kind is ObjectKind.INDEX:
                yield own(name, facts.COPY_INDEX)
        case act.SetAccessMethod(table=table):
            yield own(table, facts.REWRITE_TABLE)
        case act.SetLogged(table=table, logged=logged):
            known = state.table(table)
            if known is not None and known.told and known.unlogged is not logged:
                yield own(table, facts.ALTER_TABLE)  # it is so already
                return
            yield own(table, facts.REWRITE_TABLE)
            yield from each_of(dependents.sequences_of(state, table), facts.SEQUENCE_LOGGED)
