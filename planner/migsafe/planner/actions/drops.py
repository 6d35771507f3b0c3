"""DROP of every kind of object: one action for each object named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.objects import ObjectKind, kind_of, object_named
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, role, roles, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.tree import Node


@value
class Drop:
    """DROP of one object."""

    kind: ObjectKind
    name: QualifiedName
    if_exists: bool
    cascade: bool
    concurrently: bool = False
    """DROP INDEX CONCURRENTLY."""
    table: QualifiedName | None = None
    """The table of a policy, trigger or rule."""
    arguments: tuple[str, ...] | None = None
    """Types of the arguments of a function; None where they are left out."""


@value
class DropOwned:
    """DROP OWNED BY: everything that the roles own in this database."""

    roles: tuple[str, ...]
    cascade: bool


def drop(node: Node) -> tuple[Drop, ...]:
    """DropStmt."""
    kind = kind_of(node, "removeType")
    if_exists, concurrently = flag(node, "missing_ok"), flag(node, "concurrent")
    cascade = word(node, "behavior") == "DROP_CASCADE"
    found = (object_named(kind, each) for each in items(node, "objects"))
    return tuple(Drop(kind, each.name, if_exists, cascade, concurrently, each.table, each.arguments) for each in found)


def drop_database(node: Node) -> tuple[Drop]:
    """DropdbStmt."""
    return (_shared(ObjectKind.DATABASE, word(node, "dbname"), node),)


def drop_tablespace(node: Node) -> tuple[Drop]:
    """DropTableSpaceStmt."""
    return (_shared(ObjectKind.TABLESPACE, word(node, "tablespacename"), node),)


def drop_subscription(node: Node) -> tuple[Drop]:
    """DropSubscriptionStmt."""
    return (_shared(ObjectKind.SUBSCRIPTION, word(node, "subname"), node),)


def drop_user_mapping(node: Node) -> tuple[Drop]:
    """DropUserMappingStmt."""
    name = f"{role(inner(node, 'user'))} for {word(node, 'servername')}"
    return (_shared(ObjectKind.USER_MAPPING, name, node),)


def drop_role(node: Node) -> tuple[Drop, ...]:
    """DropRoleStmt."""
    return tuple(_shared(ObjectKind.ROLE, name, node) for name in roles(node, "roles"))


def _shared(kind: ObjectKind, name: str, node: Node) -> Drop:
    return Drop(kind, QualifiedName(name), flag(node, "missing_ok"), word(node, "behavior") == "DROP_CASCADE")


def drop_owned(node: Node) -> tuple[DropOwned]:
    """DropOwnedStmt."""
    return (DropOwned(roles(node, "roles"), word(node, "behavior") == "DROP_CASCADE"),)
