"""The closed union of everything that a statement can do."""

from __future__ import annotations

from typing import TypeAlias

from migsafe.planner.actions.columns import (
    AddColumn,
    AddIdentity,
    AlterColumnType,
    DropColumn,
    DropDefault,
    DropGeneratedExpression,
    DropIdentity,
    DropNotNull,
    SetDefault,
    SetGeneratedExpression,
    SetNotNull,
    TuneColumn,
)
from migsafe.planner.actions.constraints import AddConstraint, AlterConstraint, DropConstraint, ValidateConstraint
from migsafe.planner.actions.data import Copy, Delete, Explain, Insert, Merge, Select, Update
from migsafe.planner.actions.databases import (
    AlterDatabase,
    AlterDatabaseSetting,
    AlterSystem,
    AlterTablespace,
    CreateDatabase,
    CreateTablespace,
    MoveTablespace,
)
from migsafe.planner.actions.drops import Drop, DropOwned
from migsafe.planner.actions.functions import AlterFunction, CallProcedure, CreateFunction, DoBlock
from migsafe.planner.actions.indexes import Analyze, Cluster, CreateIndex, CreateStatistics, Reindex, Vacuum
from migsafe.planner.actions.ownership import (
    ChangeOwner,
    Comment,
    Rename,
    RenameColumn,
    RenameConstraint,
    SecurityLabel,
    SetSchema,
)
from migsafe.planner.actions.partitions import AttachPartition, DetachPartition
from migsafe.planner.actions.policies import (
    AlterPolicy,
    CreatePolicy,
    DisableRowSecurity,
    EnableRowSecurity,
    ForceRowSecurity,
    NoForceRowSecurity,
)
from migsafe.planner.actions.privileges import (
    AlterDefaultPrivileges,
    AlterRole,
    AlterRoleSetting,
    CreateRole,
    Grant,
    GrantRole,
    ReassignOwned,
    Revoke,
    RevokeRole,
)
from migsafe.planner.actions.rare import AlterObject, CreateObject, ImportForeignSchema
from migsafe.planner.actions.replication import (
    AlterPublication,
    AlterSubscription,
    CreatePublication,
    CreateSubscription,
)
from migsafe.planner.actions.schemas_ import AlterExtensionMember, CreateExtension, CreateSchema, UpdateExtension
from migsafe.planner.actions.sequences import AlterSequence, CreateSequence
from migsafe.planner.actions.session import Discard, ResetVariable, SessionCommand, SetConstraints, SetVariable
from migsafe.planner.actions.tables import (
    ClusterOn,
    CreateTable,
    CreateTableAs,
    Inherit,
    LockTable,
    SetAccessMethod,
    SetLogged,
    SetReplicaIdentity,
    SetStorageParameters,
    SetTablespace,
    SwitchRule,
    Truncate,
)
from migsafe.planner.actions.transaction_control import (
    Begin,
    Commit,
    ReleaseSavepoint,
    Rollback,
    RollbackToSavepoint,
    Savepoint,
    TwoPhase,
)
from migsafe.planner.actions.triggers import (
    CreateEventTrigger,
    CreateRule,
    CreateTrigger,
    DisableTrigger,
    EnableTrigger,
    SwitchEventTrigger,
)
from migsafe.planner.actions.types import (
    AddEnumValue,
    AlterCompositeType,
    AlterDomain,
    CreateComposite,
    CreateDomain,
    CreateEnum,
    CreateType,
    RenameEnumValue,
    TuneType,
)
from migsafe.planner.actions.unread import Unread
from migsafe.planner.actions.views import CreateView, RefreshMaterializedView

# Two lists of names, of which one a line would make four pages.
# fmt: off
__all__ = [
    "Action", "AddColumn", "AddConstraint", "AddEnumValue", "AddIdentity", "AlterColumnType", "AlterCompositeType",
    "AlterConstraint", "AlterDatabase", "AlterDatabaseSetting", "AlterDefaultPrivileges", "AlterDomain",
    "AlterExtensionMember", "AlterFunction", "AlterObject", "AlterPolicy", "AlterPublication", "AlterRole",
    "AlterRoleSetting", "AlterSequence", "AlterSubscription", "AlterSystem", "AlterTablespace", "Analyze",
    "AttachPartition", "Begin", "CallProcedure", "ChangeOwner", "Cluster", "ClusterOn", "Comment", "Commit", "Copy",
    "CreateComposite", "CreateDatabase", "CreateDomain", "CreateEnum", "CreateEventTrigger", "CreateExtension",
    "CreateFunction", "CreateIndex", "CreateObject", "CreatePolicy", "CreatePublication", "CreateRole",
    "CreateRule", "CreateSchema", "CreateSequence", "CreateStatistics", "CreateSubscription", "CreateTable",
    "CreateTableAs", "CreateTablespace", "CreateTrigger", "CreateType", "CreateView", "Delete", "DetachPartition",
    "DisableRowSecurity", "DisableTrigger", "Discard", "DoBlock", "Drop", "DropColumn", "DropConstraint",
    "DropDefault", "DropGeneratedExpression", "DropIdentity", "DropNotNull", "DropOwned", "EnableRowSecurity",
    "EnableTrigger", "Explain", "ForceRowSecurity", "Grant", "GrantRole", "ImportForeignSchema", "Inherit",
    "Insert", "LockTable", "Merge", "MoveTablespace", "NoForceRowSecurity", "ReassignOwned",
    "RefreshMaterializedView", "Reindex", "ReleaseSavepoint", "Rename", "RenameColumn", "RenameConstraint",
    "RenameEnumValue", "ResetVariable", "Revoke", "RevokeRole", "Rollback", "RollbackToSavepoint", "Savepoint",
    "SecurityLabel", "Select", "SessionCommand", "SetAccessMethod", "SetConstraints", "SetDefault",
    "SetGeneratedExpression", "SetLogged", "SetNotNull", "SetReplicaIdentity", "SetSchema", "SetStorageParameters",
    "SetTablespace", "SetVariable", "SwitchEventTrigger", "SwitchRule", "Truncate", "TuneColumn", "TuneType",
    "TwoPhase", "Unread", "Update", "UpdateExtension", "Vacuum", "ValidateConstraint",
]

Action: TypeAlias = (
    AddColumn | AddConstraint | AddEnumValue | AddIdentity | AlterColumnType | AlterCompositeType | AlterConstraint
    | AlterDatabase | AlterDatabaseSetting | AlterDefaultPrivileges | AlterDomain | AlterExtensionMember
    | AlterFunction | AlterObject | AlterPolicy | AlterPublication | AlterRole | AlterRoleSetting | AlterSequence
    | AlterSubscription | AlterSystem | AlterTablespace | Analyze | AttachPartition | Begin | CallProcedure
    | ChangeOwner | Cluster | ClusterOn | Comment | Commit | Copy | CreateComposite | CreateDatabase | CreateDomain
    | CreateEnum | CreateEventTrigger | CreateExtension | CreateFunction | CreateIndex | CreateObject | CreatePolicy
    | CreatePublication | CreateRole | CreateRule | CreateSchema | CreateSequence | CreateStatistics
    | CreateSubscription | CreateTable | CreateTableAs | CreateTablespace | CreateTrigger | CreateType | CreateView
    | Delete | DetachPartition | DisableRowSecurity | DisableTrigger | Discard | DoBlock | Drop | DropColumn
    | DropConstraint | DropDefault | DropGeneratedExpression | DropIdentity | DropNotNull | DropOwned
    | EnableRowSecurity | EnableTrigger | Explain | ForceRowSecurity | Grant | GrantRole | ImportForeignSchema
    | Inherit | Insert | LockTable | Merge | MoveTablespace | NoForceRowSecurity | ReassignOwned
    | RefreshMaterializedView | Reindex | ReleaseSavepoint | Rename | RenameColumn | RenameConstraint
    | RenameEnumValue | ResetVariable | Revoke | RevokeRole | Rollback | RollbackToSavepoint | Savepoint
    | SecurityLabel | Select | SessionCommand | SetAccessMethod | SetConstraints | SetDefault | SetGeneratedExpression
    | SetLogged | SetNotNull | SetReplicaIdentity | SetSchema | SetStorageParameters | SetTablespace | SetVariable
    | SwitchEventTrigger | SwitchRule | Truncate | TuneColumn | TuneType | TwoPhase | Unread | Update
    | UpdateExtension | Vacuum | ValidateConstraint
)
# fmt: on
