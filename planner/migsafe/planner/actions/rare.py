"""Objects that migrations seldom touch, told by kind and name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.objects import ObjectKind, kind_of
from migsafe.planner.actions.typename import type_name
from migsafe.planner.actions.types import CreateType
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, named, role, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.planner.tree import Node


@value
class CreateObject:
    """CREATE of an aggregate, operator, cast, collation, text search object, server, wrapper and the like."""

    kind: ObjectKind
    name: QualifiedName
    or_replace: bool = False


@value
class AlterObject:
    """ALTER of such an object."""

    kind: ObjectKind
    name: QualifiedName


@value
class ImportForeignSchema:
    """IMPORT FOREIGN SCHEMA: makes foreign tables that the text does not name."""

    server: str
    remote_schema: str
    into: str


def define(node: Node) -> tuple[CreateObject | CreateType]:
    """DefineStmt."""
    kind, name = kind_of(node, "kind"), named(node, "defnames")
    if kind is ObjectKind.TYPE:
        return (CreateType(name, "base" if items(node, "definition") else "shell"),)
    return (CreateObject(kind, name, flag(node, "replace")),)


def _cast(node: Node) -> QualifiedName:
    return QualifiedName(f"{type_name(inner(node, 'sourcetype'))} AS {type_name(inner(node, 'targettype'))}")


def _transform(node: Node) -> QualifiedName:
    return QualifiedName(f"{type_name(inner(node, 'type_name'))} for {word(node, 'lang')}")


def _mapping(node: Node) -> QualifiedName:
    return QualifiedName(f"{role(inner(node, 'user'))} for {word(node, 'servername')}")


def _plain(key: str) -> Callable[[Node], QualifiedName]:
    return lambda node: QualifiedName(word(node, key))


def _qualified(key: str) -> Callable[[Node], QualifiedName]:
    return lambda node: named(node, key)


_CREATES: dict[str, tuple[ObjectKind, Callable[[Node], QualifiedName]]] = {
    "CreateAmStmt": (ObjectKind.ACCESS_METHOD, _plain("amname")),
    "CreateCastStmt": (ObjectKind.CAST, _cast),
    "CreateConversionStmt": (ObjectKind.CONVERSION, _qualified("conversion_name")),
    "CreateFdwStmt": (ObjectKind.FOREIGN_DATA_WRAPPER, _plain("fdwname")),
    "CreateForeignServerStmt": (ObjectKind.SERVER, _plain("servername")),
    "CreateOpClassStmt": (ObjectKind.OPERATOR_CLASS, _qualified("opclassname")),
    "CreateOpFamilyStmt": (ObjectKind.OPERATOR_FAMILY, _qualified("opfamilyname")),
    "CreatePLangStmt": (ObjectKind.LANGUAGE, _plain("plname")),
    "CreateTransformStmt": (ObjectKind.TRANSFORM, _transform),
    "CreateUserMappingStmt": (ObjectKind.USER_MAPPING, _mapping),
}
_ALTERS: dict[str, tuple[ObjectKind, Callable[[Node], QualifiedName]]] = {
    "AlterCollationStmt": (ObjectKind.COLLATION, _qualified("collname")),
    "AlterFdwStmt": (ObjectKind.FOREIGN_DATA_WRAPPER, _plain("fdwname")),
    "AlterForeignServerStmt": (ObjectKind.SERVER, _plain("servername")),
    "AlterOpFamilyStmt": (ObjectKind.OPERATOR_FAMILY, _qualified("opfamilyname")),
    "AlterOperatorStmt": (ObjectKind.OPERATOR, lambda node: named(inner(node, "opername"), "objname")),
    "AlterStatsStmt": (ObjectKind.STATISTICS, _qualified("defnames")),
    "AlterTSConfigurationStmt": (ObjectKind.TEXT_SEARCH, _qualified("cfgname")),
    "AlterTSDictionaryStmt": (ObjectKind.TEXT_SEARCH, _qualified("dictname")),
    "AlterUserMappingStmt": (ObjectKind.USER_MAPPING, _mapping),
}


def _creates(kind: ObjectKind, name: Callable[[Node], QualifiedName]) -> Callable[[Node], tuple[CreateObject]]:
    return lambda node: (CreateObject(kind, name(node), flag(node, "replace")),)


def _alters(kind: ObjectKind, name: Callable[[Node], QualifiedName]) -> Callable[[Node], tuple[AlterObject]]:
    return lambda node: (AlterObject(kind, name(node)),)


CREATES = {node: _creates(kind, name) for node, (kind, name) in _CREATES.items()}
"""Readers of the CREATE statements that have a node of their own."""
ALTERS = {node: _alters(kind, name) for node, (kind, name) in _ALTERS.items()}
"""Readers of the ALTER statements that have a node of their own."""


def import_foreign_schema(node: Node) -> tuple[ImportForeignSchema]:
    """ImportForeignSchemaStmt."""
    return (ImportForeignSchema(word(node, "server_name"), word(node, "remote_schema"), word(node, "local_schema")),)
