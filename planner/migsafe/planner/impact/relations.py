"""What is known of a schema offline: relations with their columns and types, and how a change alters them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

if TYPE_CHECKING:
    from migsafe.schemas.impact import Cause
    from migsafe.schemas.names import QualifiedName

Columns: TypeAlias = Mapping[str, str]
"""Types by column name, in the order of the table; types as PostgreSQL spells them, unquoted names."""


@dataclass(frozen=True, slots=True)
class RelationAdded:
    """A table or view that was not there."""

    relation: QualifiedName
    columns: Columns


@dataclass(frozen=True, slots=True)
class RelationDropped:
    """A table or view that is gone, also by CASCADE."""

    relation: QualifiedName


@dataclass(frozen=True, slots=True)
class RelationRenamed:
    """A table or view under another name, in another schema, or both."""

    relation: QualifiedName
    to: QualifiedName


@dataclass(frozen=True, slots=True)
class ColumnAdded:
    """A new column, at the end."""

    relation: QualifiedName
    column: str
    type: str


@dataclass(frozen=True, slots=True)
class ColumnDropped:
    """A column that is gone."""

    relation: QualifiedName
    column: str


@dataclass(frozen=True, slots=True)
class ColumnRenamed:
    """A column under another name."""

    relation: QualifiedName
    column: str
    to: str


@dataclass(frozen=True, slots=True)
class ColumnRetyped:
    """A column of another type."""

    relation: QualifiedName
    column: str
    type: str


Alteration: TypeAlias = (
    RelationAdded | RelationDropped | RelationRenamed | ColumnAdded | ColumnDropped | ColumnRenamed | ColumnRetyped
)


@dataclass(frozen=True, slots=True)
class Change:
    """An alteration, and the statement that makes it."""

    alteration: Alteration
    because: Cause | None = None


@dataclass(frozen=True, slots=True)
class Relations:
    """Tables and views of a database. Names are unquoted and have their schema."""

    columns: Mapping[QualifiedName, Columns]
    search_path: tuple[str, ...] = ("public",)
    gone: frozenset[QualifiedName] = field(default_factory=frozenset)
    """Relations that are no more: types of that name are no more either."""

    def find(self, name: QualifiedName) -> QualifiedName | None:
        """The relation that a name means, by search_path where it has no schema; None where there is none."""
        spellings = (name.within(schema) for schema in self.search_path) if name.schema is None else (name,)
        return next((spelling for spelling in spellings if spelling in self.columns), None)

    def was(self, name: QualifiedName) -> bool:
        """Whether a relation of that name was dropped or renamed away."""
        spellings = (name.within(schema) for schema in self.search_path) if name.schema is None else (name,)
        return any(spelling in self.gone for spelling in spellings)

    def after(self, alteration: Alteration) -> Relations:
        """The relations with one alteration made. What it alters may be unknown: then nothing changes."""
        match alteration:
            case RelationAdded(relation, columns):
                return self._added(relation, columns)
            case RelationDropped(relation):
                return self._without(relation)
            case RelationRenamed(relation, to):
                moved = self._without(relation)
                known = self.columns.get(relation)
                return moved if known is None else moved.after(RelationAdded(to, known))
            case ColumnAdded() | ColumnDropped() | ColumnRenamed() | ColumnRetyped():
                relation = alteration.relation
                known = self.columns.get(relation)
                return self if known is None else self._added(relation, _altered(known, alteration))
            case _:
                assert_never(alteration)

    def _added(self, relation: QualifiedName, columns: Columns) -> Relations:
        return replace(self, columns={**self.columns, relation: columns}, gone=self.gone - {relation})

    def _without(self, relation: QualifiedName) -> Relations:
        kept = {name: columns for name, columns in self.columns.items() if name != relation}
        return replace(self, columns=kept, gone=self.gone | {relation} if relation in self.columns else self.gone)


def _altered(known: Columns, alteration: ColumnAdded | ColumnDropped | ColumnRenamed | ColumnRetyped) -> Columns:
    match alteration:
        case ColumnAdded(_, column, type_):
            return {**known, column: type_}
        case ColumnDropped(_, column):
            return {name: type_ for name, type_ in known.items() if name != column}
        case ColumnRenamed(_, column, to):
            return {to if name == column else name: type_ for name, type_ in known.items()}
        case ColumnRetyped(_, column, type_):
            return {name: type_ if name == column else old for name, old in known.items()}
        case _:
            assert_never(alteration)
