"""The actions for which no effect is foretold, so that a new kind of action cannot be forgotten in silence."""

from __future__ import annotations

from migsafe.planner import actions as act

LOCKS_NONE = (
    *(act.AddEnumValue, act.AlterDatabase, act.AlterDatabaseSetting, act.AlterDefaultPrivileges, act.AlterFunction),
    *(act.AlterObject, act.AlterRole, act.AlterRoleSetting, act.AlterSystem),
    *(act.AlterTablespace, act.Begin, act.Commit, act.CreateComposite, act.CreateDatabase, act.CreateDomain),
    *(act.CreateEnum, act.CreateFunction, act.CreateObject),
    *(act.CreateRole, act.CreateSchema, act.CreateTablespace),
    *(act.CreateType, act.Discard, act.Explain, act.GrantRole, act.ReleaseSavepoint, act.RenameEnumValue),
    *(act.ResetVariable, act.RevokeRole, act.Rollback, act.RollbackToSavepoint, act.Savepoint),
    *(act.SetVariable, act.SwitchEventTrigger, act.TuneType, act.TwoPhase),
)
"""Nobody's reads or writes wait for these."""

REACHES_UNNAMED = (
    *(act.AlterExtensionMember, act.AlterSubscription, act.CreateEventTrigger, act.CreateExtension),
    *(act.CreateSubscription, act.ImportForeignSchema, act.MoveTablespace, act.SetConstraints, act.UpdateExtension),
)
"""They may lock relations that neither their text nor the catalog names; `unknown_effects` says so."""

NOT_ANALYSED = (act.CallProcedure, act.DoBlock, act.SessionCommand, act.Unread)
"""What they run is told by `bodies.inside`, and what could not be analysed in it by `unknown_effects`."""
