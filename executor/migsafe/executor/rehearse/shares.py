"""Reads from the target how many NULLs and distinct values its columns have: fractions and counts, never a value."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.values import Share
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

_EACH_ITS_OWN = 0.95


def shares(connection: psycopg.Connection, schemas: tuple[str, ...], rows: int) -> Mapping[tuple[str, str], Share]:
    """By table, quoted as in SQL, and column: what `pg_stats` tells, for tables of `rows` rows.

    Columns that were never analysed, or that the role may not read, are not there.
    """
    text = files(__package__).joinpath("shares.sql").read_bytes()
    found = connection.execute(text, [list(schemas)]).fetchall()
    return {
        (str(QualifiedName(table, schema)), column): Share(float(nulls), _distinct(float(distinct), rows))
        for schema, table, column, nulls, distinct in found
    }


def _distinct(told: float, rows: int) -> int | None:
    """As many values as the target has, or as large a part of the rows; None where about each row has its own."""
    if told > 0:
        return round(told)
    part = -told
    return None if part == 0 or part >= _EACH_ITS_OWN else max(1, round(part * rows))
