"""Who may do what, carried forward: row level security, policies, grants, owners."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carrying.known import heard_of
from migsafe.planner.carrying.programs import change_functions
from migsafe.planner.schema_state import FunctionState, PolicyState, SchemaState, TableState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions.privileges import Privilege
    from migsafe.schemas.names import QualifiedName

Handled: TypeAlias = (
    act.EnableRowSecurity
    | act.DisableRowSecurity
    | act.ForceRowSecurity
    | act.NoForceRowSecurity
    | act.CreatePolicy
    | act.AlterPolicy
    | act.Grant
    | act.Revoke
    | act.AlterDefaultPrivileges
    | act.ChangeOwner
    | act.ReassignOwned
    | act.SetReplicaIdentity
    | act.SetLogged
    | act.SetStorageParameters
)

ALL_OF_A_TABLE = frozenset({"select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"})
"""What ALL PRIVILEGES stands for on a table (`maintain` since 17)."""


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does."""
    match action:
        case act.Grant() | act.Revoke():
            _grant(state, action)
        case act.AlterDefaultPrivileges(schemas=schemas, change=change):
            _default(state, schemas, change)
        case act.ReassignOwned(roles=roles, to=to):
            for name in [name for name, known in state.tables.items() if known.owner in roles]:
                heard_of(state, name).owner = to
        case act.ChangeOwner(kind=kind, name=name, owner=owner):
            if kind in _RELATIONS and (known := state.change(name)) is not None:
                known.owner = owner
        case act.SetStorageParameters(relation=name, kind=ObjectKind.VIEW):
            if (known := state.change(name)) is not None:
                _view_options(known, action)
        case act.SetStorageParameters():
            pass
        case _:
            _of_table(heard_of(state, action.table), action)


_RELATIONS = frozenset({ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE})

_OfTable: TypeAlias = (
    act.EnableRowSecurity
    | act.DisableRowSecurity
    | act.ForceRowSecurity
    | act.NoForceRowSecurity
    | act.CreatePolicy
    | act.AlterPolicy
    | act.SetReplicaIdentity
    | act.SetLogged
)


def _of_table(known: TableState, action: _OfTable) -> None:
    match action:
        case act.EnableRowSecurity() | act.DisableRowSecurity():
            known.row_security = isinstance(action, act.EnableRowSecurity)
        case act.ForceRowSecurity() | act.NoForceRowSecurity():
            known.row_security_forced = isinstance(action, act.ForceRowSecurity)
        case act.CreatePolicy(name=name):
            known.policies[name] = PolicyState(
                action.command, action.permissive, action.roles, action.using, action.with_check
            )
        case act.AlterPolicy(name=name):
            if (policy := known.policies.get(name)) is not None:
                known.policies[name] = replace(
                    policy,
                    roles=action.roles or policy.roles,
                    using=action.using or policy.using,
                    with_check=action.with_check or policy.with_check,
                )
        case act.SetReplicaIdentity(identity=identity):
            known.replica_identity = identity
        case act.SetLogged(logged=logged):
            known.unlogged = not logged


def _view_options(known: TableState, action: act.SetStorageParameters) -> None:
    chosen = dict(action.parameters)
    if "security_invoker" in chosen:
        known.security_invoker = not action.reset and chosen["security_invoker"].lower() in {"true", "on", "yes", "1"}


def _grant(state: SchemaState, action: act.Grant | act.Revoke) -> None:
    if action.kind in {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE}:
        _functions(state, action)
    elif action.kind in _RELATIONS:
        for name in _tables(state, action):
            if (known := state.change(name)) is not None:
                known.granted = _after(known.granted, action)


def _tables(state: SchemaState, action: act.Grant | act.Revoke) -> Iterator[QualifiedName]:
    if not action.all_in_schema:
        for name in action.objects:
            if state.exists(name) is not False and state.qualified(name) not in state.sequences:
                heard_of(state, name)
                yield name
        return
    schemas = {schema.name for schema in action.objects}
    yield from [name for name in state.tables if name.schema in schemas]


def _after(granted: dict[str, frozenset[str]], action: act.Grant | act.Revoke) -> dict[str, frozenset[str]]:
    """The grants after the change; rights on single columns are not told of."""
    if isinstance(action, act.Revoke) and action.grant_option:
        return granted
    meant = _meant(action.privileges)
    after = dict(granted)
    for role in action.roles:
        before = after.get(role, frozenset())
        left = before | meant if isinstance(action, act.Grant) else before - meant
        after[role] = left
        if not left:
            del after[role]
    return after


def _meant(privileges: Iterable[Privilege]) -> frozenset[str]:
    names = {privilege.name for privilege in privileges if not privilege.columns}
    return ALL_OF_A_TABLE if "all" in names else frozenset(names)


def _functions(state: SchemaState, action: act.Grant | act.Revoke) -> None:
    if not any(privilege.name in {"all", "execute"} for privilege in action.privileges):
        return
    roles = frozenset(action.roles)

    def changed(known: FunctionState) -> FunctionState:
        revoked = known.revoked | roles if isinstance(action, act.Revoke) else known.revoked - roles
        return replace(known, revoked=revoked)

    if action.all_in_schema:
        schemas = {schema.name for schema in action.objects}
        for name in [name for name in state.functions if name.schema in schemas]:
            change_functions(state, name, None, changed)
        return
    given = action.arguments or (None,) * len(action.objects)
    for name, arguments in zip(action.objects, given, strict=True):
        change_functions(state, name, arguments, changed)


def _default(state: SchemaState, schemas: tuple[str, ...], change: act.Grant | act.Revoke) -> None:
    if change.kind is ObjectKind.TABLE:
        for schema in schemas or (None,):
            state.default_granted[schema] = _after(state.default_granted.get(schema, {}), change)
    elif change.kind in {ObjectKind.FUNCTION, ObjectKind.ROUTINE} and not schemas:
        # What holds in every schema cannot be taken back in one of them (ALTER DEFAULT PRIVILEGES, Notes).
        roles = frozenset(change.roles)
        before = state.default_revoked
        state.default_revoked = before | roles if isinstance(change, act.Revoke) else before - roles
