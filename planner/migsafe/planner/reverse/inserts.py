"""Rows that a migration writes out by their values, and the DELETE that takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.reverse.naming import literal
from migsafe.planner.tree import constant, inner, items, unwrap, unwrapped
from migsafe.schemas.catalog import ConstraintKind
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.tree import Node
    from migsafe.schemas.catalog import Catalog, Table
    from migsafe.schemas.names import QualifiedName


def rows_back(up: Iterable[Statement], before: Catalog) -> tuple[str, ...]:
    """A DELETE for each row that an INSERT without ON CONFLICT writes out as constants, last one first.

    Rows of tables that the migration makes itself go with these. What a query, a function or a default gave is not
    known, so rows that cannot be told by constants alone are left.
    """
    made = {each.name for statement in up for each in statement.actions if isinstance(each, act.CreateTable)}
    found = [text for statement in up for text in _of(statement, made, before)]
    return tuple(reversed(found))


def _of(statement: Statement, made: set[QualifiedName], before: Catalog) -> Iterator[str]:
    match statement.actions:
        case (act.Insert(table=table, columns=columns, on_conflict=None),) if columns and table not in made:
            pass
        case _:
            return
    known = next((each for each in before.tables if each.name in {str(table), str(table.within("public"))}), None)
    for row in _rows(dict(statement.node)):
        if len(row) == len(columns) and (test := _test(dict(zip(columns, row, strict=True)), known)):
            yield f"DELETE FROM {table if known is None else known.name} WHERE {test}"


def _rows(node: Node) -> Iterator[tuple[str | None, ...]]:
    """The rows of VALUES, each value as SQL where it is a constant."""
    kind, query = unwrap(inner(node, "selectStmt"))
    if kind != "SelectStmt" or inner(node, "withClause"):
        return
    for each in unwrapped(query, "valuesLists", "List"):
        yield tuple(_value(value) for value in items(each, "items"))


def _value(node: Node) -> str | None:
    known = constant(node)
    return None if known is None else literal(known)


def _test(row: dict[str, str | None], known: Table | None) -> str:
    """What tells the row: its primary key, its `id`, or else all its constants; empty where nothing does."""
    key = _key(known) or (("id",) if "id" in row else ())
    if key and all(row.get(column) is not None for column in key):
        wanted = {column: row[column] for column in key}
    elif known is None or not key:
        wanted = {column: value for column, value in row.items() if value is not None}
    else:
        return ""
    return " AND ".join(f"{quoted(column)} = {value}" for column, value in wanted.items())


def _key(table: Table | None) -> tuple[str, ...]:
    constraints = () if table is None else table.constraints
    return next((each.columns for each in constraints if each.kind is ConstraintKind.PRIMARY_KEY), ())
