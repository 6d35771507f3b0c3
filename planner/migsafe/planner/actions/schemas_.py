"""Schemas and extensions; the underscore keeps the name apart from the part `migsafe.schemas`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.objects import ObjectKind, kind_of, object_named
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, number, options, role, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreateSchema:
    """CREATE SCHEMA; the objects made with it follow as actions of their own."""

    name: str
    if_not_exists: bool
    owner: str | None


@value
class CreateExtension:
    """CREATE EXTENSION."""

    name: str
    schema: str | None
    if_not_exists: bool
    version: str | None
    cascade: bool


@value
class UpdateExtension:
    """ALTER EXTENSION ... UPDATE; without a version, to the newest."""

    name: str
    version: str | None


@value
class AlterExtensionMember:
    """ALTER EXTENSION ... ADD or DROP of an object."""

    name: str
    kind: ObjectKind
    member: QualifiedName
    add: bool


def create_schema(node: Node) -> CreateSchema:
    """CreateSchemaStmt without its elements. A schema without a name has that of its owner."""
    owner = role(inner(node, "authrole")) if inner(node, "authrole") else None
    return CreateSchema(word(node, "schemaname") or owner or "", flag(node, "if_not_exists"), owner)


def create_extension(node: Node) -> tuple[CreateExtension]:
    """CreateExtensionStmt."""
    chosen = options(node, "options")
    return (
        CreateExtension(
            word(node, "extname"),
            chosen.get("schema"),
            flag(node, "if_not_exists"),
            chosen.get("new_version"),
            chosen.get("cascade") == "true",
        ),
    )


def update_extension(node: Node) -> tuple[UpdateExtension]:
    """AlterExtensionStmt."""
    return (UpdateExtension(word(node, "extname"), options(node, "options").get("new_version")),)


def extension_member(node: Node) -> tuple[AlterExtensionMember]:
    """AlterExtensionContentsStmt."""
    kind = kind_of(node, "objtype")
    member = object_named(kind, inner(node, "object")).name
    return (AlterExtensionMember(word(node, "extname"), kind, member, number(node, "action") > 0),)
