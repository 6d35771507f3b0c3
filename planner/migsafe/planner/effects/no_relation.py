"""The actions for which no effect is foretold, so that a new kind of action cannot be forgotten in silence."""

from __future__ import annotations

from migsafe.planner import actions as act

LOCKS_NONE = (
    *(act.AddEnumValue, act.AlterDatabase, act.AlterDatabaseSetting, act.AlterDefaultPrivileges, act.AlterFunction),
    *(act.AlterObject, act.AlterRole, act.AlterRoleSetting, act.AlterSubscription, act.AlterSystem),
    *(act.AlterTablespace, act.Begin, act.Commit, act.CreateComposite, act.CreateDatabase, act.CreateDomain),
    *(act.CreateEnum, act.CreateEventTrigger, act.CreateExtension, act.CreateFunction, act.CreateObject),
    *(act.CreateRole, act.CreateSchema, act.CreateSequence, act.CreateSubscription, act.CreateTablespace),
    *(act.CreateType, act.Discard, act.Explain, act.Grant, act.GrantRole, act.ReleaseSavepoint, act.RenameEnumValue),
    *(act.ResetVariable, act.Revoke, act.RevokeRole, act.Rollback, act.RollbackToSavepoint, act.Savepoint),
    *(act.SetConstraints, act.SetVariable, act.SwitchEventTrigger, act.TuneType, act.TwoPhase),
)
"""Nobody's reads or writes wait for these."""

REACHES_UNNAMED = (
    *(act.AlterCompositeType, act.AlterDomain, act.AlterExtensionMember, act.DropOwned, act.ImportForeignSchema),
    *(act.MoveTablespace, act.ReassignOwned, act.SecurityLabel, act.UpdateExtension),
)
"""They may lock relations that their text does not name: only the catalog could tell which."""

NOT_ANALYSED = (act.CallProcedure, act.DoBlock, act.SessionCommand, act.Unread)
"""What they do was not read; the rule `statement-not-analysed` says so."""
