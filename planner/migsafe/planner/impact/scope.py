"""Which columns are in sight at a place of a query, and what a name means there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.impact.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot import exp

    from migsafe.planner.impact.relations import Relations
    from migsafe.schemas.names import QualifiedName

Output: TypeAlias = "tuple[tuple[str, Type], ...]"
"""Columns in their order: names may repeat. One named `*` says that there may be more."""
MORE = "*"


class Refused(Exception):  # noqa: N818 - what the server would say, as far as that can be foretold
    """The query would not be prepared."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class Unclear(Exception):  # noqa: N818 - no error, an answer
    """The query is beyond what is understood offline."""


@dataclass(slots=True)
class Source:
    """Something in FROM: a relation, a subquery, a function."""

    alias: str
    columns: Output
    relation: QualifiedName | None = None
    schema: str | None = None
    """As it was written, for `schema.table.column`."""
    hidden: set[str] = field(default_factory=set)
    """Columns that JOIN ... USING shows once, from another source."""

    @property
    def open(self) -> bool:
        """Whether there may be more columns than are known."""
        return any(name == MORE for name, _ in self.columns)

    def type_of(self, column: str) -> Type | None:
        """The type of a column, None where there is none of that name."""
        return next((type_ for name, type_ in self.columns if name == column), None)


_SYSTEM = {"ctid": "tid", "xmin": "xid", "xmax": "xid", "cmin": "cid", "cmax": "cid", "tableoid": "oid"}


@dataclass(slots=True)
class Scope:
    """The sources of one query level, and those around it."""

    parent: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    tables: dict[str, Output] = field(default_factory=dict)
    """Common table expressions by name."""

    def table(self, name: str) -> Output | None:
        """The common table expression of that name, if one is in sight."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.tables:
                return scope.tables[name]
            scope = scope.parent
        return None

    def named(self, alias: str, schema: str | None = None) -> Source | None:
        """The source of that name, here or further out."""
        for source in self.sources:
            if source.alias == alias and (schema is None or source.schema in {schema, None}):
                return source
        return self.parent.named(alias, schema) if self.parent else None

    def find(self, column: str) -> tuple[Source, Type] | None:
        """The source and type of a column without a table; raises Refused where two sources have it."""
        found = [
            (source, type_)
            for source in self.sources
            if column not in source.hidden and (type_ := source.type_of(column)) is not None
        ]
        if len(found) > 1:
            raise Refused("42702", f'column reference "{column}" is ambiguous')
        if found:
            return found[0]
        if column in _SYSTEM and self.sources:
            return self.sources[0], Type(_SYSTEM[column])
        return self.parent.find(column) if self.parent else None

    def is_open(self) -> bool:
        """Whether a name that is not found may still be there."""
        return any(source.open for source in self.sources) or (self.parent is not None and self.parent.is_open())


@dataclass(slots=True)
class Reading:
    """What is found out while one statement is read."""

    relations: Relations
    rows: Callable[[exp.Expr, Scope, Reading], Output]
    """Reads a query inside of another."""
    touched: dict[tuple[QualifiedName, str], None] = field(default_factory=dict)
    """Relations and columns in use, in the order of the text; an empty column is the relation."""

    def touch(self, source: Source, *columns: str) -> None:
        """Notes the use of columns, if the source is a relation."""
        if source.relation is not None:
            self.touched.update(dict.fromkeys((source.relation, column) for column in columns if column != MORE))

    def touch_row(self, source: Source) -> Type:
        """Notes the use of a whole row; its type."""
        self.touch(source, *(name for name, _ in source.columns))
        return Type("?row", tuple((name, type_.name) for name, type_ in source.columns))
