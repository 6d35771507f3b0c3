"""DDL in a schema that belongs to Supabase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.strangers import MANAGED
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName

# Policies and triggers on the services' tables are the documented ways to extend them, and stay out of these lists.
_ON_A_TABLE = (
    *(act.AddColumn, act.AddConstraint, act.AlterColumnType, act.CreateIndex, act.DisableRowSecurity, act.DropColumn),
    *(act.DropConstraint, act.DropDefault, act.DropNotNull, act.EnableRowSecurity, act.ForceRowSecurity),
    *(act.NoForceRowSecurity, act.RenameColumn, act.RenameConstraint, act.SetDefault, act.SetNotNull),
    *(act.DisableTrigger, act.EnableTrigger),
)
_MAKING = (act.CreateTable, act.CreateTableAs, act.CreateView, act.CreateFunction, act.CreateEnum, act.CreateSequence)
_WHOLE = (act.Drop, act.Rename, act.SetSchema, act.ChangeOwner)
_PARTS = frozenset({ObjectKind.POLICY, ObjectKind.TRIGGER})


def _name(action: act.Action) -> QualifiedName | None:
    if isinstance(action, _ON_A_TABLE):
        return action.table
    if isinstance(action, _MAKING):
        return action.name
    if isinstance(action, _WHOLE) and action.kind not in _PARTS:
        return action.name
    return action.name if isinstance(action, act.AlterFunction) else None


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    name = _name(action)
    if not context.supabase or name is None:
        return
    schema = name.schema
    if isinstance(action, act.Drop) and action.kind is ObjectKind.SCHEMA:
        schema = name.name
    if schema in MANAGED:
        yield Hit(name, f"{name} belongs to the platform")


RULE = Rule(
    name="managed-schema-touched",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=45,
    harm="Supabase refuses changes by anybody but its own services (error 42501), or loses them at the next update of "
    "the service, which may fail because of them.",
    remedy="Keep tables, functions and indexes in a schema of your own; on the platform's tables only policies and "
    "triggers are supported.",
    before="CREATE SCHEMA auth;\nCREATE TABLE auth.users (id uuid PRIMARY KEY, email text);",
    unsafe="ALTER TABLE auth.users ADD COLUMN nickname text;",
    safe="CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE, nickname text);",
    check=OnActions((*_ON_A_TABLE, *_MAKING, *_WHOLE, act.AlterFunction), _find),
)
