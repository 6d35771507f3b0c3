"""Looks at what the ledger says is in quarantine."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.schemas.names import parsed
from migsafe.schemas.quarantine import QuarantineStanding

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from migsafe.schemas.quarantine import QuarantineEntry


def look(connection: psycopg.Connection, entries: Iterable[QuarantineEntry]) -> tuple[QuarantineStanding, ...]:
    """How each entry that was not purged stands in the target, in their order. Changes nothing."""
    kept = [each for each in entries if each.purged_at is None]
    tables = [each.object.place if each.object.column is None else each.object.table for each in kept]
    columns = [None if each.object.column is None else _hidden(each) for each in kept]
    query = files(__package__).joinpath("kept.sql").read_bytes()
    rows = connection.execute(query, {"tables": tables, "columns": columns}).fetchall()
    return tuple(
        QuarantineStanding(entry=entry, there=there, rows=count, bytes=size)
        for entry, (there, count, size) in zip(kept, rows, strict=True)
    )


def _hidden(entry: QuarantineEntry) -> str:
    return parsed(entry.object.place.removeprefix(f"{entry.object.table}.")).name
