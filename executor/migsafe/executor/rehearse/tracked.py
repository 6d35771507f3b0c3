"""The catalog of a shadow, kept up to date statement by statement by reading only what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog, read_named
from migsafe.executor.rehearse.sections import FIELDS, Section, only, read_sections
from migsafe.executor.survey.shape import same_spelling

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.catalog import Catalog, CatalogObject
    from migsafe.schemas.names import QualifiedName

_RELATIONS = ("tables", "views", "sequences")
_ELSEWHERE = ("triggers", "policies")
_ALL_SCHEMAS = """
SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
ORDER BY nspname
"""


@dataclass(slots=True)
class Tracked:
    """The catalog as it is, as far as statements told that they changed it."""

    schemas: tuple[str, ...]
    """Those that are compared: the ones to begin with, and all that are made later."""
    others: frozenset[str]
    """Those that were there and are not compared."""
    now: Catalog

    def relations(self, connection: psycopg.Connection, names: frozenset[QualifiedName]) -> tuple[Catalog, Catalog]:
        """Read these relations anew; they alone, before and now. What is no longer there is gone."""
        wanted = {str(name) for name in names if name.schema in self.schemas}
        outside = any(name.schema not in self.schemas for name in names)
        with connection.transaction(force_rollback=True), same_spelling(connection):
            fields: dict[str, object] = dict.fromkeys(_RELATIONS, ())
            if wanted:
                found = read_named(connection, tuple(name for name in names if name.schema in self.schemas))
                fields = {"tables": found.tables, "views": found.views, "sequences": found.sequences}
            whole = read_catalog(connection, self.schemas) if outside else None
        before = {name: _among(_of(self.now, name), wanted) for name in _RELATIONS}
        kept = {
            name: tuple(each for each in _of(self.now, name) if each.identity.name not in wanted) for name in _RELATIONS
        }
        merged: dict[str, object] = {name: (*kept[name], *_tuple(fields[name])) for name in _RELATIONS}
        if whole is not None:
            for name in _ELSEWHERE:
                before[name], fields[name] = _of(self.now, name), _of(whole, name)
                merged[name] = fields[name]
        return self._moved(only(before), only(fields), merged)

    def sections(self, connection: psycopg.Connection, sections: frozenset[Section]) -> tuple[Catalog, Catalog]:
        """Read these sections anew; they alone, before and now."""
        with connection.transaction(force_rollback=True), same_spelling(connection):
            if Section.EVERYTHING in sections:
                self.schemas = tuple(name for name in _all_schemas(connection) if name not in self.others)
                whole = read_catalog(connection, self.schemas)
                return self._moved(self.now, whole, {name: _of(whole, name) for name in type(whole).model_fields})
            fields = read_sections(connection, self.schemas, sections)
        names = [name for section in sections for name in FIELDS[section]]
        return self._moved(only({name: _of(self.now, name) for name in names}), only(fields), fields)

    def whole(self, connection: psycopg.Connection) -> Catalog:
        """All of it, read anew."""
        return self.sections(connection, frozenset({Section.EVERYTHING}))[1]

    def _moved(self, before: Catalog, after: Catalog, merged: dict[str, object]) -> tuple[Catalog, Catalog]:
        self.now = self.now.model_copy(update=merged)
        return before, after


def tracked(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Tracked:
    """The catalog of the database as it is, to be kept up to date from now on."""
    with connection.transaction(force_rollback=True), same_spelling(connection):
        others = frozenset(_all_schemas(connection)) - set(schemas)
        return Tracked(schemas, others, read_catalog(connection, schemas))


def _all_schemas(connection: psycopg.Connection) -> tuple[str, ...]:
    return tuple(name for (name,) in connection.execute(_ALL_SCHEMAS.encode()))


def _among(objects: tuple[CatalogObject, ...], names: set[str]) -> tuple[CatalogObject, ...]:
    return tuple(each for each in objects if each.identity.name in names)


def _of(catalog: Catalog, name: str) -> tuple[CatalogObject, ...]:
    found: dict[str, tuple[CatalogObject, ...]] = dict(catalog)
    return found[name]


def _tuple(value: object) -> tuple[object, ...]:
    assert isinstance(value, tuple)  # noqa: S101 - tells the type checker
    return value
