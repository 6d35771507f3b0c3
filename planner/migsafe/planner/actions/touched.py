"""Which objects a statement touches."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from migsafe.planner.actions import vocabulary as v
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.actions.value import value
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.actions.vocabulary import Action


@value
class Touched:
    """An object that a statement changes, locks or reads; names as written, with or without a schema."""

    kind: ObjectKind
    name: QualifiedName


def touched(actions: Iterable[Action]) -> tuple[Touched, ...]:
    """The objects of some actions, each once, in order: also referenced tables and parents of partitions.

    What the text does not name is not there: what CASCADE reaches, the table of an index that is dropped, the bodies
    of functions.
    """
    return tuple(dict.fromkeys(found for action in actions for found in _of(action)))


_ON_A_TABLE = (
    *(v.AlterColumnType, v.AlterConstraint, v.AlterPolicy, v.ClusterOn, v.CreateIndex, v.CreatePolicy, v.CreateRule),
    *(v.CreateTrigger, v.DisableRowSecurity, v.DisableTrigger, v.DropColumn, v.DropConstraint, v.DropDefault),
    *(v.DropGeneratedExpression, v.DropIdentity, v.DropNotNull, v.AddIdentity, v.EnableRowSecurity, v.EnableTrigger),
    *(v.ForceRowSecurity, v.NoForceRowSecurity, v.SetAccessMethod, v.SetDefault, v.SetGeneratedExpression),
    *(v.SetLogged, v.SetNotNull, v.SetReplicaIdentity, v.SwitchRule, v.TuneColumn, v.ValidateConstraint),
)
_ON_TABLES = (v.Analyze, v.CreateStatistics, v.LockTable, v.Truncate, v.Vacuum, v.CreatePublication, v.AlterPublication)
_ON_A_TYPE = (v.AddEnumValue, v.AlterCompositeType, v.RenameEnumValue)
_MAKES_A_TYPE = (v.CreateComposite, v.CreateEnum, v.CreateType, v.TuneType)
_WRITES = (v.Insert, v.Update, v.Delete, v.Merge)
_BY_KIND = (v.ChangeOwner, v.SetSchema, v.SecurityLabel, v.CreateObject, v.AlterObject)
_OF_A_TABLE_PERHAPS = (v.Drop, v.Rename, v.Comment)
_NOTHING = (
    *(v.AlterDatabase, v.AlterDatabaseSetting, v.AlterDefaultPrivileges, v.AlterExtensionMember, v.AlterRole),
    *(v.AlterRoleSetting, v.AlterSubscription, v.AlterSystem, v.AlterTablespace, v.Begin, v.Commit, v.CreateDatabase),
    *(v.CreateEventTrigger, v.CreateRole, v.CreateSubscription, v.CreateTablespace, v.Discard, v.DoBlock, v.DropOwned),
    *(v.Explain, v.GrantRole, v.ImportForeignSchema, v.MoveTablespace, v.ReassignOwned, v.ReleaseSavepoint),
    *(v.ResetVariable, v.RevokeRole, v.Rollback, v.RollbackToSavepoint, v.Savepoint, v.SessionCommand),
    *(v.SetConstraints, v.SetVariable, v.SwitchEventTrigger, v.TwoPhase, v.Unread),
)


def _of(action: Action) -> Iterator[Touched]:
    if isinstance(action, _ON_A_TABLE):
        yield Touched(ObjectKind.TABLE, action.table)
    elif isinstance(action, _ON_TABLES):
        yield from _tables(action.tables)
    elif isinstance(action, _WRITES):
        yield from _tables((action.table, *action.sources))
    elif isinstance(action, _ON_A_TYPE):
        yield Touched(ObjectKind.TYPE, action.type)
    elif isinstance(action, _MAKES_A_TYPE):
        yield Touched(ObjectKind.TYPE, action.name)
    elif isinstance(action, _BY_KIND):
        yield Touched(action.kind, action.name)
    elif isinstance(action, _OF_A_TABLE_PERHAPS):
        yield from _part(action)
    elif not isinstance(action, _NOTHING):
        yield from _single(action)


def _tables(names: Iterable[QualifiedName]) -> Iterator[Touched]:
    return (Touched(ObjectKind.TABLE, name) for name in names)


def _referenced(constraints: Iterable[Constraint]) -> Iterator[Touched]:
    return _tables(made.referenced for made in constraints if made.referenced is not None)


def _part(action: v.Drop | v.Rename | v.Comment) -> Iterator[Touched]:
    if action.table is not None:
        yield Touched(ObjectKind.TABLE, action.table)
    if action.kind is not ObjectKind.COLUMN:
        yield Touched(action.kind, action.name)


_Single = (
    v.AddColumn
    | v.AddConstraint
    | v.AlterDomain
    | v.AlterFunction
    | v.AlterSequence
    | v.AttachPartition
    | v.CallProcedure
    | v.Cluster
    | v.Copy
    | v.CreateDomain
    | v.CreateExtension
    | v.CreateFunction
    | v.CreateSchema
    | v.CreateSequence
    | v.CreateTable
    | v.CreateTableAs
    | v.CreateView
    | v.DetachPartition
    | v.Grant
    | v.Inherit
    | v.RefreshMaterializedView
    | v.Reindex
    | v.RenameColumn
    | v.RenameConstraint
    | v.Revoke
    | v.Select
    | v.SetStorageParameters
    | v.SetTablespace
    | v.UpdateExtension
)
_Relation = (
    v.AddColumn
    | v.AddConstraint
    | v.AttachPartition
    | v.Cluster
    | v.Copy
    | v.CreateTable
    | v.CreateTableAs
    | v.CreateView
    | v.DetachPartition
    | v.Inherit
    | v.RefreshMaterializedView
    | v.RenameColumn
    | v.RenameConstraint
    | v.Select
    | v.SetStorageParameters
    | v.SetTablespace
)


def _single(action: _Single) -> Iterator[Touched]:
    match action:
        case v.AlterDomain(name=name) | v.CreateDomain(name=name):
            yield Touched(ObjectKind.DOMAIN, name)
        case v.AlterFunction(kind=kind, name=name):
            yield Touched(kind, name)
        case v.CreateFunction(name=name, procedure=procedure):
            yield Touched(ObjectKind.PROCEDURE if procedure else ObjectKind.FUNCTION, name)
        case v.CallProcedure(call=call):
            yield Touched(ObjectKind.PROCEDURE, call.function)
        case v.AlterSequence(name=name, owned_by=table) | v.CreateSequence(name=name, owned_by=table):
            yield Touched(ObjectKind.SEQUENCE, name)
            yield from _tables([table] if table is not None else [])
        case v.CreateExtension(name=plain) | v.UpdateExtension(name=plain):
            yield Touched(ObjectKind.EXTENSION, QualifiedName(plain))
        case v.CreateSchema(name=plain):
            yield Touched(ObjectKind.SCHEMA, QualifiedName(plain))
        case (
            v.Grant(kind=kind, objects=objects, all_in_schema=whole)
            | v.Revoke(kind=kind, objects=objects, all_in_schema=whole)
        ):
            yield from (Touched(ObjectKind.SCHEMA if whole else kind, name) for name in objects)
        case v.Reindex(kind=word, name=name):
            yield from [Touched(ObjectKind(word), name)] if name is not None and word != "system" else []
        case _:
            yield from _relation(action)


def _relation(action: _Relation) -> Iterator[Touched]:  # noqa: C901, PLR0912 - one short case for each action
    match action:
        case v.CreateTable(name=name, partition_of=parent, inherits=parents, like=like):
            yield from _tables((name, *([parent] if parent is not None else []), *parents, *like))
            yield from _referenced(action.all_constraints)
        case v.CreateTableAs(name=name, materialized_view=view, sources=sources):
            yield from (Touched(ObjectKind.MATERIALIZED_VIEW if view else ObjectKind.TABLE, name), *_tables(sources))
        case v.CreateView(name=name, sources=sources):
            yield from (Touched(ObjectKind.VIEW, name), *_tables(sources))
        case v.RefreshMaterializedView(name=name):
            yield Touched(ObjectKind.MATERIALIZED_VIEW, name)
        case v.AddColumn(table=table, column=column):
            yield from (*_tables([table]), *_referenced(column.constraints))
        case v.AddConstraint(table=table, constraint=constraint):
            yield from (*_tables([table]), *_referenced([constraint]))
        case v.AttachPartition(parent=parent, partition=partition, index=True):
            yield from (Touched(ObjectKind.INDEX, name) for name in (parent, partition))
        case v.AttachPartition(parent=first, partition=second) | v.DetachPartition(parent=first, partition=second):
            yield from _tables((first, second))
        case v.Inherit(table=first, parent=second):
            yield from _tables((first, second))
        case v.RenameColumn(table=name, kind=kind) | v.RenameConstraint(table=name, kind=kind):
            yield Touched(kind, name)
        case v.SetStorageParameters(relation=name, kind=kind) | v.SetTablespace(relation=name, kind=kind):
            yield Touched(kind, name)
        case v.Cluster(table=maybe) | v.Copy(table=maybe):
            yield from _tables([maybe] if maybe is not None else [])
        case v.Select(sources=sources):
            yield from _tables(sources)
        case _:
            assert_never(action)
