"""Every kind of action, and what it does to which relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects import (
    columns,
    constraints,
    drops,
    partitions,
    relations,
    rows,
    upkeep,
    user_types,
)
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, each_of, everywhere, in_partitions, own
from migsafe.planner.schema_state import dependents
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.effects.table import Fact
    from migsafe.planner.schema_state import SchemaState

# What one row of the lock table says of `action.table`, whatever else the action holds.
_ON_A_TABLE: dict[type, Fact] = {
    act.AlterPolicy: facts.POLICY,
    act.ClusterOn: facts.STORAGE_PARAMETERS,
    act.CreatePolicy: facts.POLICY,
    act.CreateRule: facts.CREATE_RULE,
    act.DisableRowSecurity: facts.ROW_SECURITY,
    act.EnableRowSecurity: facts.ROW_SECURITY,
    act.ForceRowSecurity: facts.ROW_SECURITY,
    act.NoForceRowSecurity: facts.ROW_SECURITY,
    act.SetReplicaIdentity: facts.ALTER_TABLE,
    act.SwitchRule: facts.CREATE_RULE,
}
_HAS_TABLE = (
    *(act.AlterPolicy, act.ClusterOn, act.CreatePolicy, act.CreateRule, act.DisableRowSecurity),
    *(act.EnableRowSecurity, act.ForceRowSecurity, act.NoForceRowSecurity, act.SetReplicaIdentity, act.SwitchRule),
)
_ON_TABLES = (act.AlterPublication, act.CreatePublication, act.CreateStatistics)
_UPKEEP = (
    *(act.Analyze, act.Cluster, act.CreateIndex, act.Reindex, act.RefreshMaterializedView, act.Truncate, act.Vacuum),
)
_MADE = (act.CreateTable, act.CreateTableAs, act.CreateView)
_NAMED = (act.Rename, act.RenameColumn, act.RenameConstraint, act.SetSchema, act.ChangeOwner)
_DESCRIBED = (act.Comment, act.SecurityLabel)
_STORED = (act.SetStorageParameters, act.SetTablespace, act.SetLogged, act.SetAccessMethod)
_ROWS = (act.Insert, act.Update, act.Delete, act.Merge, act.Copy, act.Select, act.LockTable)


def parts(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one line for each group
    """What the action does to each relation; one may come several times. `state` is what stands before it."""
    if isinstance(action, _HAS_TABLE):
        return [own(action.table, _ON_A_TABLE[type(action)])]
    if isinstance(action, _MADE):
        return relations.made(action, state)
    if isinstance(action, _ROWS):
        return rows.rows(action, state)
    if isinstance(action, _UPKEEP):
        return upkeep.upkeep(action, state)
    if isinstance(action, _NAMED):
        return relations.named(action, state)
    if isinstance(action, _DESCRIBED):
        return relations.described(action, state)
    if isinstance(action, _STORED):
        return relations.stored(action, state)
    if isinstance(action, _ON_TABLES):
        return each_of(action.tables, facts.DESCRIBE)
    return _altered(action, state)


def _altered(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.AddColumn():
            return columns.add_column(action, state)
        case act.DropColumn():
            return columns.drop_column(action, state)
        case act.AlterColumnType():
            return columns.alter_type(action, state)
        case act.SetNotNull(table=table):
            return everywhere(state, own(table, columns.not_null_set(action, state)))
        case act.AddConstraint():
            return constraints.add(action, state)
        case act.DropConstraint():
            return constraints.drop(action, state)
        case act.ValidateConstraint():
            return constraints.validate(action, state)
        case act.AlterConstraint():
            return constraints.alter(action, state)
        case _:
            return _reached(action, state)


def _reached(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.Drop():
            return drops.dropped(action, state)
        case act.DropOwned():
            return drops.owned(action, state)
        case act.AttachPartition(index=False):
            return partitions.attach(action, state)
        case act.AttachPartition(parent=parent, partition=partition):
            return [own(parent, facts.ALTER_INDEX), Part(partition, Lock.ACCESS_EXCLUSIVE)]
        case act.DetachPartition():
            return partitions.detach(action, state)
        case act.Inherit():
            return partitions.inherit(action, state)
        case _:
            return _other(action, state)


def _other(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.SetDefault(table=table) | act.DropDefault(table=table) | act.DropNotNull(table=table):
            return everywhere(state, own(table, facts.ALTER_COLUMN))
        case act.AddIdentity(table=table) | act.DropIdentity(table=table) | act.DropGeneratedExpression(table=table):
            return everywhere(state, own(table, facts.ALTER_COLUMN))
        case act.SetGeneratedExpression(table=table, column=column):
            known = state.column(table, column)
            virtual = known is not None and known.generated == "virtual"
            return everywhere(state, own(table, facts.ALTER_COLUMN if virtual else facts.SET_EXPRESSION))
        case act.TuneColumn(table=table, setting="options"):
            return [own(table, facts.TUNE_COLUMN)]
        case act.TuneColumn(table=table, setting=setting):
            return everywhere(state, own(table, facts.TUNE_COLUMN if setting == "statistics" else facts.ALTER_COLUMN))
        case act.CreateTrigger(table=table, for_each_row=each_row):
            part = own(table, facts.CREATE_TRIGGER)
            return in_partitions(state, part) if each_row else [part]
        case act.EnableTrigger(table=table) | act.DisableTrigger(table=table):
            return in_partitions(state, own(table, facts.SWITCH_TRIGGER))
        case _:
            return _unlike_tables(action, state)


def _unlike_tables(action: Action, state: SchemaState) -> Iterable[Part]:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.CreateSequence(name=name):
            exists = action.if_not_exists and state.qualified(name) in state.sequences
            return [] if exists else [own(name, facts.CREATE_TABLE)]
        case act.AlterSequence(name=name):
            return [own(name, facts.ALTER_SEQUENCE)]
        case act.AlterDomain():
            return user_types.domain(action, state)
        case act.AlterCompositeType():
            return user_types.composite(action, state)
        case act.ReassignOwned(roles=roles):
            return _reassigned(roles, state)
        case act.Grant() | act.Revoke():
            return _granted(action, state)
        case _:
            return []  # see `no_relation`


def _reassigned(roles: tuple[str, ...], state: SchemaState) -> Iterator[Part]:
    for name, known in state.tables.items():
        if known.owner in roles:
            yield own(name, facts.ALTER_TABLE)
            yield from each_of(dependents.sequences_of(state, name), facts.ALTER_TABLE)


def _granted(action: act.Grant | act.Revoke, state: SchemaState) -> Iterable[Part]:
    """Since 18 the relations that are named are opened (ACCESS SHARE, which only ACCESS EXCLUSIVE keeps waiting)."""
    if state.major is not None and state.major < 18:  # noqa: PLR2004 - the major that changed it
        return []
    if action.all_in_schema or action.kind not in relations.RELATIONS:
        return []
    return each_of(action.objects, facts.READ)
