"""Every kind of action, and who carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.carrying import columns, constraints, created, programs, rights, rows, types, whole

if TYPE_CHECKING:
    from migsafe.planner.actions import Action
    from migsafe.planner.schema_state import SchemaState

CHANGES_NOTHING = (
    *(act.AlterConstraint, act.AlterDatabase, act.AlterDatabaseSetting, act.AlterExtensionMember, act.AlterObject),
    *(act.AlterRole, act.AlterRoleSetting, act.AlterSubscription, act.AlterSystem, act.AlterTablespace, act.Analyze),
    *(act.Begin, act.CallProcedure, act.Cluster, act.ClusterOn, act.Comment, act.Commit, act.CreateDatabase),
    *(act.CreateEventTrigger, act.CreateObject, act.CreateRole, act.CreateRule, act.CreateStatistics),
    *(act.CreateSubscription, act.CreateTablespace, act.Delete, act.Discard, act.Explain, act.GrantRole),
    *(act.ImportForeignSchema, act.LockTable, act.MoveTablespace, act.ReleaseSavepoint),
    *(act.RevokeRole, act.Rollback, act.RollbackToSavepoint, act.Savepoint, act.SecurityLabel, act.Select),
    *(act.SessionCommand, act.SetAccessMethod, act.SetConstraints, act.SetTablespace, act.SwitchEventTrigger),
    *(act.SwitchRule, act.TuneColumn, act.TuneType, act.TwoPhase, act.Unread, act.Update),
    *(act.UpdateExtension, act.Vacuum),
)
"""They change nothing that the state tells of."""


def take_action(state: SchemaState, action: Action) -> None:
    """Change `state` as one action does."""
    if isinstance(action, columns.Handled):
        columns.take(state, action)
    elif isinstance(action, constraints.Handled):
        constraints.take(state, action)
    elif isinstance(action, created.Handled):
        created.take(state, action)
    elif isinstance(action, rights.Handled):
        rights.take(state, action)
    elif isinstance(action, programs.Handled):
        programs.take(state, action)
    elif isinstance(action, types.Handled):
        types.take(state, action)
    elif isinstance(action, whole.Handled):
        whole.take(state, action)
    elif isinstance(action, rows.Handled):
        rows.take(state, action)
