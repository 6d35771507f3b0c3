"""Rows of the system tables, with names spelled as SQL, comments and grants at hand."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from migsafe.schemas.names import QualifiedName as Name

Row: TypeAlias = dict[str, object]
"""One row by the names of its columns, which are those of the fields of the document that it becomes."""

_SCHEMA_OF = "schema of "


class Gathered:
    """Reads queries of this folder for one scope."""

    def __init__(
        self,
        connection: psycopg.Connection,
        schemas: tuple[str, ...],
        names: tuple[Name, ...],
        queries: Iterable[str] = (),
    ) -> None:
        """Find the relations of the scope, and send the queries that will be asked for all at once."""
        self.schemas = schemas
        self.server_version = connection.info.server_version
        self._connection = connection
        self._scope: dict[str, object] = {
            "schemas": list(schemas),
            "schemas_of_names": [name.schema or "" for name in names],
            "names": [name.name for name in names],
        }
        self._sent: dict[str, psycopg.Cursor[Row]] = {}
        self.relations = frozenset(int(str(row["oid"])) for row in self.rows("scope.sql"))
        # As text: it goes with every query, and psycopg takes its time to write arrays.
        self._scope["relations"] = "{" + ",".join(map(str, sorted(self.relations))) + "}"
        self._sent = self._sending(queries)
        self._comments = {_key(row): row["comment"] for row in self.rows("comments.sql")}
        self._grants: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in self.rows("grants.sql"):
            self._grants[_key(row)].append(row)

    def rows(self, query: str) -> list[Row]:
        """The rows of one query. A column `schema of x` is spelled together with column `x`; both null make null."""
        found = (self._sent.pop(query, None) or self._cursor().execute(_own(query), self._scope)).fetchall()
        if found:
            for column in [each.removeprefix(_SCHEMA_OF) for each in found[0] if each.startswith(_SCHEMA_OF)]:
                for row in found:
                    row[column] = _spelled(row.pop(_SCHEMA_OF + column), row[column])
        return found

    def _sending(self, queries: Iterable[str]) -> dict[str, psycopg.Cursor[Row]]:
        """The queries with their answers, in one round trip: servers may be far away."""
        with self._connection.pipeline():
            return {query: self._cursor().execute(_own(query), self._scope) for query in queries}

    def _cursor(self) -> psycopg.Cursor[Row]:
        from psycopg.rows import dict_row  # noqa: PLC0415 - slow to import

        return self._connection.cursor(row_factory=dict_row)

    def commented(self, query: str, catalog: str) -> list[Row]:
        """The rows of one query about objects of a system catalog, each with its comment."""
        return [row | {"comment": self.comment(catalog, row["oid"])} for row in self.rows(query)]

    def granted(self, query: str, catalog: str) -> list[Row]:
        """The same, with grants too."""
        return [row | {"grants": self.grants(catalog, row["oid"])} for row in self.commented(query, catalog)]

    def comment(self, catalog: str, oid: object, part: object = 0) -> object:
        """The comment on an object, or None."""
        return self._comments.get((catalog, oid, part))

    def grants(self, catalog: str, oid: object, part: object = 0) -> list[Row]:
        """The grants on an object, as fields of Grant."""
        return self._grants.get((catalog, oid, part), [])


def grouped(rows: list[Row], key: str) -> dict[object, list[Row]]:
    """The rows by the value of one column, which is taken out of them."""
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop(key), []).append(row)
    return found


def _key(row: Row) -> tuple[object, ...]:
    return row.pop("class"), row.pop("oid"), row.pop("part")


@lru_cache(maxsize=20_000)
def _spelled(schema: str | None, name: str | None) -> str | None:
    return None if name is None else str(QualifiedName(name, schema))


@lru_cache
def _own(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
