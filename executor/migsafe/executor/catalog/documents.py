"""From rows to documents."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from migsafe.schemas.document import Document

if TYPE_CHECKING:
    from migsafe.executor.catalog.gather import Row

Told = TypeVar("Told", bound=Document)

_ADDRESS = {"oid", "relation", "part"}
"""Columns that lead from row to row and differ between equal databases."""


def sorted_documents(kind: type[Told], rows: list[Row], *by: str) -> tuple[Told, ...]:
    """The rows as documents of this kind, sorted by these fields: the order in which a server has them says nothing."""
    return in_order(kind, sorted(rows, key=lambda row: [str(row[field] or "") for field in by or ("name",)]))


def in_order(kind: type[Told], rows: list[Row]) -> tuple[Told, ...]:
    """The rows as documents of this kind, in their order."""
    for column in _ADDRESS & rows[0].keys() if rows else ():
        for row in rows:
            del row[column]
    return _tuple_of(kind).validate_python(rows)


@cache
def _tuple_of(kind: type[Told]) -> TypeAdapter[tuple[Told, ...]]:
    """Validates many rows at once, which takes half the time of one by one."""
    return TypeAdapter(tuple[kind, ...])  # type: ignore[valid-type] # a type that is known only when it runs
