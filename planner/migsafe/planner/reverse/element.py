"""The pieces that a catalog is taken apart into: what can be dropped, made or altered by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.catalog import (
    CatalogKind,
    Column,
    CompositeType,
    Constraint,
    DefaultPrivileges,
    Domain,
    EnumType,
    EventTrigger,
    Extension,
    Index,
    ObjectIdentity,
    OtherObject,
    Policy,
    Publication,
    RangeType,
    Routine,
    Rule,
    Schema,
    Sequence,
    Statistics,
    Table,
    Trigger,
    View,
)
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column with its table; without its default, which is a piece of its own."""

    table: str
    column: Column
    sequence: Sequence | None
    """The one behind an identity."""


@dataclass(frozen=True, slots=True)
class Default:
    """The default of a column."""

    table: str
    column: str
    """Unquoted."""
    expression: str


@dataclass(frozen=True, slots=True)
class Ownership:
    """The column that a sequence goes with."""

    sequence: str
    column: str
    """Qualified and quoted, as OWNED BY wants it."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a table says of its indexes: by which one it is clustered, and by what its rows are known to subscribers."""

    table: str
    clustered: str | None
    """The index, unqualified and quoted."""
    replica: str
    """What stands after REPLICA IDENTITY."""


Thing: TypeAlias = (
    Schema
    | Extension
    | EnumType
    | Domain
    | CompositeType
    | RangeType
    | Sequence
    | Ownership
    | Table
    | TableColumn
    | Default
    | Marked
    | View
    | Routine
    | Constraint
    | Index
    | Trigger
    | Policy
    | Rule
    | Statistics
    | Publication
    | EventTrigger
    | DefaultPrivileges
    | OtherObject
)


@dataclass(frozen=True, slots=True)
class Element:
    """One piece."""

    key: ObjectIdentity
    thing: Thing
    needs: frozenset[ObjectIdentity]
    """The pieces that must be there before it."""
    holder: ObjectIdentity | None = None
    """The piece that takes it along when it is dropped."""
    made_with: ObjectIdentity | None = None
    """The piece whose CREATE makes it too."""


def column_key(relation: str, column: str) -> ObjectIdentity:
    """The key of a column, which is given unquoted."""
    return ObjectIdentity(kind=CatalogKind.COLUMN, name=quoted(column), of=relation)


def default_key(relation: str, column: str) -> ObjectIdentity:
    """The key of the default of a column, which is given unquoted."""
    return ObjectIdentity(kind=CatalogKind.DEFAULT, name=quoted(column), of=relation)


def column_keys(relation: str, columns: Iterable[str]) -> frozenset[ObjectIdentity]:
    """The keys of several columns."""
    return frozenset(column_key(relation, column) for column in columns)
