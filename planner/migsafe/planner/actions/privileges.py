"""Who may do what: grants, default privileges, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.objects import ObjectKind, kind_of, object_named
from migsafe.planner.actions.session import setting_value
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, options, relation, role, roles, texts, unwrap, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class Privilege:
    """One privilege, in lower case (`all` for ALL), and the columns it is limited to."""

    name: str
    columns: tuple[str, ...]


@value
class Grant:
    """GRANT on objects."""

    kind: ObjectKind
    privileges: tuple[Privilege, ...]
    objects: tuple[QualifiedName, ...]
    """The objects; for `all_in_schema` the schemas; empty in ALTER DEFAULT PRIVILEGES."""
    all_in_schema: bool
    roles: tuple[str, ...]
    grant_option: bool
    arguments: tuple[tuple[str, ...] | None, ...] = ()
    """Of each object, if they are functions, the types of its arguments; None where they are left out."""


@value
class Revoke:
    """REVOKE on objects; fields as in Grant."""

    kind: ObjectKind
    privileges: tuple[Privilege, ...]
    objects: tuple[QualifiedName, ...]
    all_in_schema: bool
    roles: tuple[str, ...]
    grant_option: bool
    """GRANT OPTION FOR: only the right to pass it on is taken."""
    cascade: bool
    arguments: tuple[tuple[str, ...] | None, ...] = ()


@value
class AlterDefaultPrivileges:
    """ALTER DEFAULT PRIVILEGES: what objects made later will be granted."""

    for_roles: tuple[str, ...]
    schemas: tuple[str, ...]
    change: Grant | Revoke


@value
class GrantRole:
    """GRANT role TO role."""

    granted: tuple[str, ...]
    members: tuple[str, ...]


@value
class RevokeRole:
    """REVOKE role FROM role."""

    revoked: tuple[str, ...]
    members: tuple[str, ...]


@value
class CreateRole:
    """CREATE ROLE, USER or GROUP; a password is never kept."""

    name: str
    options: tuple[tuple[str, str], ...]


@value
class AlterRole:
    """ALTER ROLE with options; a password is never kept."""

    name: str
    options: tuple[tuple[str, str], ...]


@value
class AlterRoleSetting:
    """ALTER ROLE ... SET or RESET; a role of None is ALL, a setting of None is RESET ALL."""

    role: str | None
    database: str | None
    setting: str | None
    value: str | None


@value
class ReassignOwned:
    """REASSIGN OWNED."""

    roles: tuple[str, ...]
    to: str


def _object(kind: ObjectKind, node: Node) -> QualifiedName:
    wrapper, content = unwrap(node)
    return relation(content) if wrapper == "RangeVar" else object_named(kind, node).name


def _privileges(node: Node) -> tuple[Privilege, ...]:
    found = unwrapped(node, "privileges", "AccessPriv")
    if not found:
        return (Privilege("all", ()),)
    return tuple(Privilege(word(each, "priv_name") or "all", texts(items(each, "cols"))) for each in found)


def _change(node: Node) -> Grant | Revoke:
    kind = kind_of(node, "objtype")
    objects = tuple(_object(kind, each) for each in items(node, "objects"))
    arguments = tuple(object_named(kind, each).arguments for each in items(node, "objects") if "ObjectWithArgs" in each)
    in_schema = word(node, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA"
    privileges, to, option = _privileges(node), roles(node, "grantees"), flag(node, "grant_option")
    if flag(node, "is_grant"):
        return Grant(kind, privileges, objects, in_schema, to, option, arguments)
    cascade = word(node, "behavior") == "DROP_CASCADE"
    return Revoke(kind, privileges, objects, in_schema, to, option, cascade, arguments)


def grant(node: Node) -> tuple[Grant | Revoke]:
    """GrantStmt."""
    return (_change(node),)


def default_privileges(node: Node) -> tuple[AlterDefaultPrivileges]:
    """AlterDefaultPrivilegesStmt."""
    lists = {word(each, "defname"): inner(inner(each, "arg"), "List") for each in unwrapped(node, "options", "DefElem")}
    for_roles, schemas = roles(lists.get("roles", {}), "items"), texts(items(lists.get("schemas", {}), "items"))
    return (AlterDefaultPrivileges(for_roles, schemas, _change(inner(node, "action"))),)


def grant_role(node: Node) -> tuple[GrantRole | RevokeRole]:
    """GrantRoleStmt."""
    granted = tuple(word(each, "priv_name") for each in unwrapped(node, "granted_roles", "AccessPriv"))
    members = roles(node, "grantee_roles")
    return (GrantRole(granted, members) if flag(node, "is_grant") else RevokeRole(granted, members),)


def _role_options(node: Node) -> tuple[tuple[str, str], ...]:
    chosen = options(node, "options")
    return tuple((name, "(not kept)" if name == "password" else text) for name, text in chosen.items())


def create_role(node: Node) -> tuple[CreateRole]:
    """CreateRoleStmt."""
    return (CreateRole(word(node, "role"), _role_options(node)),)


def alter_role(node: Node) -> tuple[AlterRole]:
    """AlterRoleStmt."""
    return (AlterRole(role(inner(node, "role")), _role_options(node)),)


def alter_role_setting(node: Node) -> tuple[AlterRoleSetting]:
    """AlterRoleSetStmt."""
    setting = inner(node, "setstmt")
    of = role(inner(node, "role")) if inner(node, "role") else None
    name = word(setting, "name") or None
    return (AlterRoleSetting(of, word(node, "database") or None, name, setting_value(setting)),)


def reassign_owned(node: Node) -> tuple[ReassignOwned]:
    """ReassignOwnedStmt."""
    return (ReassignOwned(roles(node, "roles"), role(inner(node, "newrole"))),)
