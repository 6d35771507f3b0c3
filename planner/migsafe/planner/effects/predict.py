"""What a statement does to each relation that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.bodies import inside, unfolded
from migsafe.planner.carry import take
from migsafe.planner.effects import columns
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.reached import constraint_added, others, referenced_by, table_created
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.effects.reached import Part
    from migsafe.planner.effects.table import Fact
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState


def effects(statement: Statement, state: SchemaState) -> tuple[Effect, ...]:
    """What the statement does to each relation, strongest lock first; `state` is what stands before it.

    Where several of its actions touch one relation, the strongest counts. What was not analysed (code blocks, called
    functions) has no effect here; the rule `statement-not-analysed` says so.
    """
    return tuple(sorted(effects_by_name(statement, state).values(), key=lambda effect: -effect.lock.strength))


def effects_by_name(statement: Statement, state: SchemaState) -> dict[QualifiedName, Effect]:
    """The same, by the qualified name of the relation."""
    found: dict[QualifiedName, Effect] = {}
    for each, before in _moments(statement, state):
        for action in each.actions:
            for name, effect in _effects(action, before):
                found[name] = _joined(found[name], effect) if name in found else effect
    return found


def _moments(statement: Statement, state: SchemaState) -> Iterator[tuple[Statement, SchemaState]]:
    """The statement and what it runs inside, each with the state before it."""
    if not inside(statement, state).statements:
        yield statement, state
        return
    moving = state.copy()
    for each in unfolded(statement, moving):
        yield each, moving
        take(moving, each)


_LOSSES = tuple(Loss)


def _joined(one: Effect, two: Effect) -> Effect:
    return Effect(
        relation=one.relation,
        lock=max(one.lock, two.lock, key=lambda lock: lock.strength),
        rewrite=one.rewrite or two.rewrite,
        scan=one.scan or two.scan,
        loss=max(one.loss, two.loss, key=_LOSSES.index),
        new=one.new,
    )


def _effects(action: Action, state: SchemaState) -> Iterator[tuple[QualifiedName, Effect]]:
    match action:
        case act.LockTable(tables=names, mode=mode):
            for name in names:
                yield _effect(name, state, mode)
        case _:
            for name, fact in _facts(action, state):
                full, effect = _effect(name, state, fact.lock, fact.rewrite, fact.scan, fact.loss)
                yield full, effect.model_copy(update={"new": True}) if fact in _MAKES else effect
            for name, fact in others(action, state):
                if fact.other is not Lock.NONE:
                    yield _effect(name, state, fact.other, False, fact.other_scan)


_MAKES = (facts.CREATE_TABLE, facts.CREATE_PARTITION, facts.CREATE_CHILD)


def _effect(
    name: QualifiedName,
    state: SchemaState,
    lock: Lock,
    rewrite: bool = False,  # noqa: FBT001, FBT002 - a field of an effect
    scan: bool = False,  # noqa: FBT001, FBT002 - a field of an effect
    loss: Loss = Loss.NONE,
) -> tuple[QualifiedName, Effect]:
    full = state.qualified(name)
    new = state.is_new(full)
    return full, Effect(relation=str(full), lock=lock, rewrite=rewrite, scan=scan, loss=loss, new=new)


# What one row of the lock table says of `action.table`, whatever else the action holds.
_ON_A_TABLE: dict[type, Fact] = {
    act.AddIdentity: facts.ALTER_COLUMN,
    act.AlterConstraint: facts.ALTER_COLUMN,
    act.AlterPolicy: facts.POLICY,
    act.ClusterOn: facts.STORAGE_PARAMETERS,
    act.CreatePolicy: facts.POLICY,
    act.CreateRule: facts.CREATE_RULE,
    act.CreateTrigger: facts.CREATE_TRIGGER,
    act.DisableRowSecurity: facts.ROW_SECURITY,
    act.DisableTrigger: facts.SWITCH_TRIGGER,
    act.DropColumn: facts.DROP_COLUMN,
    act.DropConstraint: facts.DROP_CONSTRAINT,
    act.DropDefault: facts.ALTER_COLUMN,
    act.DropGeneratedExpression: facts.ALTER_COLUMN,
    act.DropIdentity: facts.ALTER_COLUMN,
    act.DropNotNull: facts.ALTER_COLUMN,
    act.EnableRowSecurity: facts.ROW_SECURITY,
    act.EnableTrigger: facts.SWITCH_TRIGGER,
    act.ForceRowSecurity: facts.ROW_SECURITY,
    act.Inherit: facts.INHERIT,
    act.NoForceRowSecurity: facts.ROW_SECURITY,
    act.SetAccessMethod: facts.REWRITE_TABLE,
    act.SetDefault: facts.ALTER_COLUMN,
    act.SetGeneratedExpression: facts.ALTER_TYPE_REWRITE,
    act.SetLogged: facts.REWRITE_TABLE,
    act.SetReplicaIdentity: facts.ALTER_TABLE,
    act.SwitchRule: facts.CREATE_RULE,
}
_ON_TABLES: dict[type, Fact] = {
    act.AlterPublication: facts.DESCRIBE,
    act.Analyze: facts.ANALYZE,
    act.CreatePublication: facts.DESCRIBE,
    act.CreateStatistics: facts.DESCRIBE,
    act.Truncate: facts.TRUNCATE,
}
_RELATIONS = frozenset(
    {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE, ObjectKind.SEQUENCE}
)
_OF_A_TABLE = frozenset({ObjectKind.TRIGGER, ObjectKind.POLICY, ObjectKind.RULE, ObjectKind.COLUMN})


def _facts(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: C901, PLR0911 - one short case for each action
    """The relation that the action is about."""
    kind = type(action)
    if kind in _ON_A_TABLE and isinstance(action, _HAS_TABLE):
        return [(action.table, _ON_A_TABLE[kind])]
    if kind in _ON_TABLES and isinstance(action, _HAS_TABLES):
        return [(name, _ON_TABLES[kind]) for name in action.tables]
    match action:
        case act.AddColumn(table=table, column=column):
            return [(table, columns.added(column))]
        case act.AlterColumnType(table=table):
            return [(table, columns.retyped(action, state))]
        case act.SetNotNull(table=table):
            return [(table, columns.not_null_set(action, state))]
        case act.TuneColumn(table=table, setting=setting):
            return [(table, facts.TUNE_COLUMN if setting in {"statistics", "options"} else facts.ALTER_COLUMN)]
        case act.AddConstraint(table=table, constraint=constraint):
            return [(table, constraint_added(constraint))]
        case act.ValidateConstraint(table=table, name=name):
            return [
                (table, facts.VALIDATE_FOREIGN_KEY if referenced_by(state, table, name) else facts.VALIDATE_CONSTRAINT)
            ]
        case act.Drop():
            return _dropped(action, state)
        case act.CreateTable(name=name):
            return [] if action.if_not_exists and state.exists(name) else [(name, table_created(action))]
        case _:
            return _relation(action, state)


_HAS_TABLE = (
    *(act.AddIdentity, act.AlterConstraint, act.AlterPolicy, act.ClusterOn, act.CreatePolicy, act.CreateRule),
    *(act.CreateTrigger, act.DisableRowSecurity, act.DisableTrigger, act.DropColumn, act.DropConstraint),
    *(act.DropDefault, act.DropGeneratedExpression, act.DropIdentity, act.DropNotNull, act.EnableRowSecurity),
    *(act.EnableTrigger, act.ForceRowSecurity, act.Inherit, act.NoForceRowSecurity),
    *(act.SetAccessMethod, act.SetDefault, act.SetGeneratedExpression, act.SetLogged, act.SetReplicaIdentity),
    *(act.SwitchRule,),
)
_HAS_TABLES = (act.AlterPublication, act.Analyze, act.CreatePublication, act.CreateStatistics, act.Truncate)


def _dropped(action: act.Drop, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one short case for each kind
    match action:
        case act.Drop(kind=ObjectKind.INDEX, concurrently=concurrently, name=name):
            table = state.table_of_index(name)
            fact = facts.DROP_INDEX_CONCURRENTLY if concurrently else facts.DROP_INDEX
            return [(table, fact)] if table is not None else []
        case act.Drop(kind=ObjectKind.SCHEMA, name=schema, cascade=True):
            inside = ((name, known.kind) for name, known in state.tables.items() if name.schema == schema.name)
            return [(name, facts.DROP_VIEW if "view" in kind else facts.DROP_TABLE) for name, kind in inside]
        case act.Drop(kind=kind, table=QualifiedName() as table) if kind in _OF_A_TABLE:
            return [(table, facts.POLICY if kind is ObjectKind.POLICY else facts.DROP_TRIGGER)]
        case act.Drop(name=name, if_exists=True) if state.exists(name) is False:
            return []
        case act.Drop(kind=ObjectKind.TABLE | ObjectKind.FOREIGN_TABLE, name=name):
            return [(name, facts.DROP_TABLE)]
        case act.Drop(kind=kind, name=name) if kind in _RELATIONS:
            return [(name, facts.DROP_VIEW)]
        case _:
            return []


def _relation(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: C901, PLR0911 - one short case for each action
    match action:
        case act.CreateTableAs(name=name, sources=sources):
            made = [] if action.if_not_exists and state.exists(name) else [(name, facts.CREATE_TABLE)]
            return [*made, *_read(sources)]
        case act.CreateView(name=name, sources=sources, or_replace=or_replace):
            replaced = or_replace and state.exists(name) is not False
            return [(name, facts.REPLACE_VIEW if replaced else facts.CREATE_TABLE), *_read(sources)]
        case act.RefreshMaterializedView(name=name, concurrently=concurrently):
            return [(name, facts.REFRESH_CONCURRENTLY if concurrently else facts.REFRESH)]
        case act.CreateIndex() | act.Reindex() | act.Cluster() | act.Vacuum():
            return _upkeep(action, state)
        case act.AttachPartition(parent=parent, index=False):
            return [(parent, facts.ATTACH_PARTITION)]
        case act.DetachPartition(parent=parent, concurrently=concurrently, finalize=finalize):
            return [
                (parent, facts.DETACH_PARTITION_CONCURRENTLY if concurrently or finalize else facts.DETACH_PARTITION)
            ]
        case act.SetTablespace(relation=name, kind=kind) if kind in _RELATIONS:
            return [(name, facts.COPY_TABLE)]
        case act.SetStorageParameters(relation=name, kind=kind) if kind in _RELATIONS:
            return [(name, facts.ALTER_TABLE if kind is ObjectKind.VIEW else facts.STORAGE_PARAMETERS)]
        case act.AlterSequence(name=name):
            return [(name, facts.ALTER_SEQUENCE)]
        case act.Rename() | act.RenameColumn() | act.RenameConstraint() | act.SetSchema() | act.ChangeOwner():
            return _renamed(action)
        case act.Comment():
            return _described(action)
        case _:
            return _rows(action)


def _renamed(
    action: act.Rename | act.RenameColumn | act.RenameConstraint | act.SetSchema | act.ChangeOwner,
) -> Iterable[Part]:
    match action:
        case act.Rename(table=QualifiedName() as table):
            return [(table, facts.ALTER_TABLE)]
        case act.RenameColumn(table=relation, kind=kind) | act.RenameConstraint(table=relation, kind=kind):
            return [(relation, facts.ALTER_TABLE)] if kind in _RELATIONS else []
        case (
            act.Rename(kind=kind, name=name)
            | act.SetSchema(kind=kind, name=name)
            | act.ChangeOwner(kind=kind, name=name)
        ):
            return [(name, facts.ALTER_TABLE)] if kind in _RELATIONS else []


def _described(action: act.Comment) -> Iterable[Part]:
    if action.kind in _RELATIONS:
        return [(action.name, facts.DESCRIBE)]
    if action.kind in _OF_A_TABLE and action.table is not None:
        return [(action.table, facts.DESCRIBE)]
    return []


def _upkeep(action: act.CreateIndex | act.Reindex | act.Cluster | act.Vacuum, state: SchemaState) -> Iterable[Part]:
    match action:
        case act.CreateIndex(table=table):
            return [(table, _index(action))]
        case act.Reindex():
            return _reindexed(action, state)
        case act.Cluster(table=clustered):
            return [(clustered, facts.CLUSTER)] if clustered is not None else []
        case act.Vacuum(tables=names, full=full):
            return [(name, facts.VACUUM_FULL if full else facts.VACUUM) for name in names]


def _reindexed(action: act.Reindex, state: SchemaState) -> Iterable[Part]:
    if action.name is None or action.kind not in {"index", "table"}:
        return []
    table = action.name if action.kind == "table" else state.table_of_index(action.name)
    fact = facts.REINDEX_CONCURRENTLY if action.concurrently else facts.REINDEX
    return [(table, fact)] if table is not None else []


def _index(index: act.CreateIndex) -> Fact:
    if index.concurrently:
        return facts.CREATE_INDEX_CONCURRENTLY
    return facts.CREATE_INDEX_ONLY if index.only else facts.CREATE_INDEX


def _read(sources: Iterable[QualifiedName]) -> list[Part]:
    return [(name, facts.READ) for name in sources]


def _rows(action: Action) -> Iterable[Part]:
    match action:
        case act.Update(table=table, every_row=every, sources=sources):
            return [(table, facts.UPDATE_ALL if every else facts.WRITE), *_read(sources)]
        case act.Delete(table=table, every_row=every, sources=sources):
            return [(table, facts.DELETE_ALL if every and not sources else facts.DELETE), *_read(sources)]
        case act.Insert(table=table, sources=sources) | act.Merge(table=table, sources=sources):
            return [(table, facts.WRITE), *_read(sources)]
        case act.Copy(table=QualifiedName() as table, is_from=is_from):
            return [(table, facts.WRITE if is_from else facts.READ)]
        case act.Select(sources=sources, locks_rows=locks_rows):
            return [(name, facts.LOCK_ROWS if locks_rows else facts.READ) for name in sources]
        case _:
            return []  # no relation is locked: roles, types, functions, settings, and what was not analysed
