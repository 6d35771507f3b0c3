"""Kinds of database objects, and the names that DROP, COMMENT, ALTER ... OWNER and the like give them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from migsafe.planner.actions.typename import type_name
from migsafe.planner.actions.value import value
from migsafe.planner.tree import dotted, flag, items, named, texts, unwrap, unwrapped, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from migsafe.planner.tree import Node


class ObjectKind(StrEnum):
    """What an object is, in PostgreSQL's words."""

    ACCESS_METHOD = "access method"
    AGGREGATE = "aggregate"
    CAST = "cast"
    COLLATION = "collation"
    COLUMN = "column"
    CONSTRAINT = "constraint"
    CONVERSION = "conversion"
    DATABASE = "database"
    DOMAIN = "domain"
    EVENT_TRIGGER = "event trigger"
    EXTENSION = "extension"
    FOREIGN_DATA_WRAPPER = "foreign-data wrapper"
    FOREIGN_TABLE = "foreign table"
    FUNCTION = "function"
    INDEX = "index"
    LANGUAGE = "language"
    LARGE_OBJECT = "large object"
    MATERIALIZED_VIEW = "materialized view"
    OPERATOR = "operator"
    OPERATOR_CLASS = "operator class"
    OPERATOR_FAMILY = "operator family"
    PARAMETER = "parameter"
    POLICY = "policy"
    PROCEDURE = "procedure"
    PUBLICATION = "publication"
    ROLE = "role"
    ROUTINE = "routine"
    RULE = "rule"
    SCHEMA = "schema"
    SEQUENCE = "sequence"
    SERVER = "server"
    STATISTICS = "statistics"
    SUBSCRIPTION = "subscription"
    TABLE = "table"
    TABLESPACE = "tablespace"
    TEXT_SEARCH = "text search object"
    TRANSFORM = "transform"
    TRIGGER = "trigger"
    TYPE = "type"
    USER_MAPPING = "user mapping"
    VIEW = "view"
    OTHER = "object"


_KINDS = {
    "ATTRIBUTE": ObjectKind.COLUMN,
    "DOMCONSTRAINT": ObjectKind.CONSTRAINT,
    "FDW": ObjectKind.FOREIGN_DATA_WRAPPER,
    "FOREIGN_SERVER": ObjectKind.SERVER,
    "LARGEOBJECT": ObjectKind.LARGE_OBJECT,
    "MATVIEW": ObjectKind.MATERIALIZED_VIEW,
    "OPCLASS": ObjectKind.OPERATOR_CLASS,
    "OPFAMILY": ObjectKind.OPERATOR_FAMILY,
    "PARAMETER_ACL": ObjectKind.PARAMETER,
    "STATISTIC_EXT": ObjectKind.STATISTICS,
    "TABCONSTRAINT": ObjectKind.CONSTRAINT,
    "TSCONFIGURATION": ObjectKind.TEXT_SEARCH,
    "TSDICTIONARY": ObjectKind.TEXT_SEARCH,
    "TSPARSER": ObjectKind.TEXT_SEARCH,
    "TSTEMPLATE": ObjectKind.TEXT_SEARCH,
} | {kind.name: kind for kind in ObjectKind}


def kind_of(node: Node, key: str) -> ObjectKind:
    """The kind under `key`, which holds libpg_query's word, e.g. OBJECT_MATVIEW."""
    return _KINDS.get(word(node, key).removeprefix("OBJECT_"), ObjectKind.OTHER)


@value
class Named:
    """An object as a statement names it."""

    name: QualifiedName
    table: QualifiedName | None = None
    """The table of a trigger, policy, rule, constraint or column."""
    arguments: tuple[str, ...] | None = None
    """Types of the arguments of a function; None where the statement leaves them out."""


_OF_A_TABLE = frozenset(
    {ObjectKind.POLICY, ObjectKind.TRIGGER, ObjectKind.RULE, ObjectKind.CONSTRAINT, ObjectKind.COLUMN}
)


def object_named(kind: ObjectKind, node: Node) -> Named:
    """The object that a wrapped node (List, String, TypeName, ObjectWithArgs ...) names."""
    match unwrap(node):
        case "List", content:
            return _from_parts(kind, texts(items(content, "items")), content)
        case "TypeName", content:
            return Named(type_name(content).qualified)
        case "ObjectWithArgs", content:
            unspecified = flag(content, "args_unspecified")
            arguments = tuple(str(type_name(argument)) for argument in unwrapped(content, "objargs", "TypeName"))
            return Named(named(content, "objname"), arguments=None if unspecified else arguments)
        case "String", content:
            return Named(QualifiedName(word(content, "sval")))
        case "RoleSpec", content:
            return Named(QualifiedName(word(content, "rolename")))
        case _:
            return Named(QualifiedName(""))


def _from_parts(kind: ObjectKind, parts: tuple[str, ...], content: Node) -> Named:
    if kind in _OF_A_TABLE and len(parts) > 1:
        return Named(QualifiedName(parts[-1]), dotted(parts[:-1]))
    if parts:
        return Named(dotted(parts))
    types = " AS ".join(str(type_name(item)) for item in unwrapped(content, "items", "TypeName"))
    return Named(QualifiedName(types))
