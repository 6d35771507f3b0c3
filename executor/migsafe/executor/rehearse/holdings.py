"""What the tables of a shadow hold, and what of it was lost on the way there and back."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.schemas.names import QualifiedName, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import psycopg


@dataclass(frozen=True, slots=True)
class Held:
    """A table: which one it is, which columns it has, and what stands in them."""

    oid: int
    numbers: Mapping[str, int]
    """The number of each column, unquoted, which stays the same until it is dropped."""
    rows: int
    sums: Mapping[str, str]
    """A checksum over the values of each column, sorted; none where there are no rows."""


def holdings(connection: psycopg.Connection, schemas: Sequence[str]) -> dict[str, Held]:
    """The tables of these schemas by name, as SQL names them; in a transaction, and its settings are changed.

    Read as the role of the connection, never as a superuser: casts of a migration's own types run meanwhile. A table
    that the role may not read seems to be empty.
    """
    # A checksum is taken of the text of values.
    connection.execute("SET LOCAL extra_float_digits = 1; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD'")
    rows = connection.execute(files(__package__).joinpath("rows_held.sql").read_bytes(), [list(schemas)]).fetchall()
    found = {}
    for schema, name, oid, columns, numbers, readable in rows:
        table, numbered = QualifiedName(name, schema), dict(zip(columns, numbers, strict=True))
        count, sums = _summed(connection, table, columns) if readable else (0, {})
        found[str(table)] = Held(oid, numbered, count, sums)
    return found


def _summed(
    connection: psycopg.Connection, name: QualifiedName, columns: Sequence[str]
) -> tuple[int, Mapping[str, str]]:
    sums = ", ".join(
        f"md5(coalesce(string_agg({value}, ',' ORDER BY {value} COLLATE \"C\"), ''))"
        for value in (f"coalesce(md5({quoted(column)}::text), 'null')" for column in columns)
    )
    row = connection.execute(f"SELECT count(*), {sums} FROM {name}".encode()).fetchone() or (0,)
    return int(row[0]), dict(zip(columns, row[1:], strict=True)) if row[0] else {}


def lost(before: Mapping[str, Held], after: Mapping[str, Held]) -> tuple[str, ...]:
    """The tables and columns of `before` whose rows did not come back, quoted as in SQL.

    One that was dropped and made anew has lost them also where it had none on the shadow: in the target it may have.
    """
    return tuple(name for table, held in before.items() for name in _lost(table, held, after.get(table)))


def _lost(table: str, before: Held, after: Held | None) -> Iterator[str]:
    if after is None or (after.oid != before.oid and not _same(before, after)):
        yield table
        return
    if after.rows < before.rows:
        yield table
        return
    for column, number in before.numbers.items():
        anew = after.oid == before.oid and after.numbers.get(column) != number
        changed = after.rows == before.rows and after.sums.get(column) != before.sums.get(column)
        if changed or (anew and not before.rows):
            yield f"{table}.{quoted(column)}"


def _same(before: Held, after: Held) -> bool:
    """Whether a table that was made anew got all its rows back, as far as rows tell."""
    return bool(before.rows) and before.sums == after.sums


def added(before: Mapping[str, Held], after: Mapping[str, Held]) -> tuple[str, ...]:
    """The tables that have more rows than before: the rollback left what the migration wrote there."""
    return tuple(table for table, held in before.items() if table in after and after[table].rows > held.rows)
