"""What the statements of a plan make of tables and columns, one alteration after the other, told without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.carry import walk
from migsafe.planner.impact.relations import (
    Change,
    ColumnAdded,
    ColumnDropped,
    ColumnRetyped,
    RelationAdded,
    RelationDropped,
    Relations,
)
from migsafe.schemas.impact import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migsafe.planner.impact.relations import Alteration, Columns
    from migsafe.planner.parse import Statement
    from migsafe.planner.prepared import Prepared
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName

    Known = Mapping[QualifiedName, Columns]


def relations_of(state: SchemaState) -> Relations:
    """The relations of a state whose columns are all known."""
    return Relations(_known(state, {}), state.path)


def changes_along(prepared: Iterable[Prepared], state: SchemaState) -> tuple[Change, ...]:
    """Each alteration that the migrations make, with the statement that makes it; `state` is carried to their end.

    A rename is told as what goes and what comes.
    """
    found: list[Change] = []
    ever: dict[QualifiedName, Columns] = {}
    before = _known(state, ever)
    cause: Cause | None = None
    for each in prepared:
        for segment, number in walk(each.up.division.segments, state):
            before = _noted(found, before, _known(state, ever), cause)
            cause = _cause(segment.statements[number])
        before = _noted(found, before, _known(state, ever), cause)
    return tuple(found)


def _noted(found: list[Change], before: Known, now: Known, cause: Cause | None) -> Known:
    found.extend(Change(alteration, cause) for alteration in _differences(before, now))
    return now


def _known(state: SchemaState, ever: dict[QualifiedName, Columns]) -> Known:
    """Columns and types; of a relation that is there with columns that nobody knows, those that its name had last.

    A view that takes the place of a table is taken to have its columns. `ever` remembers them.
    """
    known: dict[QualifiedName, Columns] = {}
    for name, table in state.tables.items():
        columns = {column: str(told.type) for column, told in table.columns.items() if told.type is not None}
        if columns and len(columns) == len(table.columns):
            known[name] = ever[name] = columns
        elif name in ever:
            known[name] = ever[name]
    return known


def _differences(before: Known, now: Known) -> Iterator[Alteration]:
    for name in before.keys() - now.keys():
        yield RelationDropped(name)
    for name, columns in now.items():
        old = before.get(name)
        if old is None:
            yield RelationAdded(name, columns)
        elif old != columns:
            yield from (ColumnDropped(name, column) for column in old if column not in columns)
            yield from (ColumnAdded(name, column, told) for column, told in columns.items() if column not in old)
            yield from (ColumnRetyped(name, key, told) for key, told in columns.items() if old.get(key, told) != told)


def _cause(statement: Statement) -> Cause:
    first = statement.place.excerpt
    return Cause(path=statement.path, line=statement.line, statement=first, sha256=statement.sha256)
