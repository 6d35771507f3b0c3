"""Logical replication: publications and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, options, relation_at, texts, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreatePublication:
    """CREATE PUBLICATION."""

    name: str
    all_tables: bool
    tables: tuple[QualifiedName, ...]
    schemas: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@value
class AlterPublication:
    """ALTER PUBLICATION."""

    name: str
    change: str
    """`add`, `drop` or `set` objects, or `options`."""
    tables: tuple[QualifiedName, ...]
    schemas: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@value
class CreateSubscription:
    """CREATE SUBSCRIPTION; its connection string, which may hold a password, is not kept."""

    name: str
    publications: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@value
class AlterSubscription:
    """ALTER SUBSCRIPTION."""

    name: str
    change: str
    """`options`, `connection`, `refresh`, `enabled`, `skip`, `set_publication`, `add_...` or `drop_publication`."""
    options: tuple[tuple[str, str], ...]


def _tables(node: Node) -> tuple[QualifiedName, ...]:
    found = unwrapped(node, "pubobjects", "PublicationObjSpec")
    return tuple(relation_at(inner(each, "pubtable"), "relation") for each in found if inner(each, "pubtable"))


def _schemas(node: Node) -> tuple[str, ...]:
    found = unwrapped(node, "pubobjects", "PublicationObjSpec")
    return tuple(word(each, "name") for each in found if not inner(each, "pubtable"))


def create_publication(node: Node) -> tuple[CreatePublication]:
    """CreatePublicationStmt."""
    chosen = tuple(options(node, "options").items())
    everything = flag(node, "for_all_tables")
    return (CreatePublication(word(node, "pubname"), everything, _tables(node), _schemas(node), chosen),)


def alter_publication(node: Node) -> tuple[AlterPublication]:
    """AlterPublicationStmt."""
    chosen = tuple(options(node, "options").items())
    change = word(node, "action").removeprefix("AP_").removesuffix("Objects").lower()
    listed = items(node, "pubobjects")
    return (
        AlterPublication(word(node, "pubname"), change if listed else "options", _tables(node), _schemas(node), chosen),
    )


def create_subscription(node: Node) -> tuple[CreateSubscription]:
    """CreateSubscriptionStmt."""
    publications = texts(items(node, "publication"))
    return (CreateSubscription(word(node, "subname"), publications, tuple(options(node, "options").items())),)


def alter_subscription(node: Node) -> tuple[AlterSubscription]:
    """AlterSubscriptionStmt."""
    change = word(node, "kind").removeprefix("ALTER_SUBSCRIPTION_").lower()
    return (AlterSubscription(word(node, "subname"), change, tuple(options(node, "options").items())),)
