"""How objects of a catalog are told apart, and who may do what with them."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.document import Document


class CatalogKind(StrEnum):
    """What an object is, in the words of SQL."""

    SCHEMA = "schema"
    EXTENSION = "extension"
    ENUM = "enum"
    DOMAIN = "domain"
    COMPOSITE = "composite type"
    RANGE = "range"
    SEQUENCE = "sequence"
    TABLE = "table"
    PARTITIONED_TABLE = "partitioned table"
    FOREIGN_TABLE = "foreign table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    COLUMN = "column"
    DEFAULT = "default"
    CONSTRAINT = "constraint"
    INDEX = "index"
    TRIGGER = "trigger"
    POLICY = "policy"
    RULE = "rule"
    STATISTICS = "statistics"
    FUNCTION = "function"
    PROCEDURE = "procedure"
    AGGREGATE = "aggregate"
    PUBLICATION = "publication"
    EVENT_TRIGGER = "event trigger"
    DEFAULT_PRIVILEGES = "default privileges"
    CAST = "cast"
    COLLATION = "collation"
    OPERATOR = "operator"
    OPERATOR_CLASS = "operator class"
    OPERATOR_FAMILY = "operator family"
    TEXT_SEARCH_CONFIGURATION = "text search configuration"
    TEXT_SEARCH_DICTIONARY = "text search dictionary"
    TEXT_SEARCH_PARSER = "text search parser"
    TEXT_SEARCH_TEMPLATE = "text search template"
    CONVERSION = "conversion"
    ACCESS_METHOD = "access method"
    LANGUAGE = "language"
    SUBSCRIPTION = "subscription"
    FOREIGN_DATA_WRAPPER = "foreign data wrapper"
    SERVER = "server"
    USER_MAPPING = "user mapping"


RELATION_KINDS = frozenset(
    {
        CatalogKind.TABLE,
        CatalogKind.PARTITIONED_TABLE,
        CatalogKind.FOREIGN_TABLE,
        CatalogKind.VIEW,
        CatalogKind.MATERIALIZED_VIEW,
        CatalogKind.SEQUENCE,
        CatalogKind.INDEX,
    }
)
"""The kinds that share one name space: no two of them in a schema have the same name."""


class ObjectIdentity(Document):
    """Which object."""

    kind: CatalogKind
    """What it is."""
    name: str
    """Qualified and quoted as in SQL: `public.orders`, `public.f(integer)`; of a part of a relation its own name alone,
    quoted."""
    of: str | None = None
    """The relation that a column, default, constraint, trigger, policy or rule belongs to, qualified and quoted."""

    def __str__(self) -> str:
        """`policy mine on public.orders`, `column public.orders.note`, `function public.f(integer)`."""
        if self.of is None:
            return f"{self.kind.value} {self.name}"
        if self.kind in {CatalogKind.COLUMN, CatalogKind.DEFAULT}:
            return f"{self.kind.value} {self.of}.{self.name}"
        return f"{self.kind.value} {self.name} on {self.of}"


class Grant(Document):
    """What one role gave another on one object."""

    grantee: str
    """The role, unquoted; `public` for everybody."""
    grantor: str
    """The role that gave it, unquoted."""
    privileges: tuple[str, ...]
    """`SELECT`, `EXECUTE`, ..., sorted."""
    grantable: tuple[str, ...]
    """Those of them that came WITH GRANT OPTION."""


class ColumnName(Document):
    """A column of a relation."""

    relation: str
    """The relation, qualified and quoted."""
    column: str
    """Its name, unquoted."""


class Dependency(Document):
    """An object that would stand in the way of a change, or go with it: what `pg_depend` says."""

    dependent: ObjectIdentity
    """The view, function, policy, trigger, default, generated column, constraint, index or publication."""
    on: ObjectIdentity
    """The relation, column, function or type that it needs."""
