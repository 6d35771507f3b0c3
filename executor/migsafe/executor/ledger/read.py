"""Reads the ledger, verifies its chain and says what it tells."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.ledger.chain import BEGINNING, Entry, first_break
from migsafe.executor.ledger.fold import Story, fold
from migsafe.executor.ledger.tables import FORMAT, LedgerDamaged, meta
from migsafe.schemas.ledger import LedgerState

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.ledger import PastRun

_NONE = LedgerState(
    exists=False,
    format=0,
    lineage=None,
    head=BEGINNING,
    intact=True,
    broken_at=None,
    applied=(),
    plans=(),
    unfinished=None,
)


def read(connection: psycopg.Connection) -> LedgerState:
    """What the ledger says, from the part of it that fits the chain; `exists=False` where there is none.

    Changes nothing and works in any open transaction. Raises LedgerDamaged, LedgerUnreadable or LedgerTooNew.
    """
    if (about := meta(connection)) is None:
        return _NONE
    entries = _entries(connection)
    broken_at = first_break(entries)
    told = _told(entries, broken_at)
    return LedgerState(
        exists=True,
        format=about.format,
        lineage=about.lineage,
        head=entries[-1].hash if entries else BEGINNING,
        intact=broken_at is None,
        broken_at=broken_at,
        applied=tuple(told.applied.values()),
        plans=tuple(dict.fromkeys(run.started.plan for run in told.runs.values())),
        unfinished=told.unfinished(),
        quarantine=tuple(told.quarantine.values()),
        timings=tuple(told.timings),
    )


def history(connection: psycopg.Connection) -> tuple[PastRun, ...]:
    """The runs that the ledger records, newest first, from the part of it that fits the chain. Raises as `read`."""
    told = story(connection)
    return () if told is None else tuple(run.past() for run in reversed(told.runs.values()))


def story(connection: psycopg.Connection) -> Story | None:
    """All that the part of the ledger tells that fits the chain; None where there is no ledger. Raises as `read`."""
    if meta(connection) is None:
        return None
    entries = _entries(connection)
    return _told(entries, first_break(entries))


def _entries(connection: psycopg.Connection) -> tuple[Entry, ...]:
    query = files(__package__).joinpath("entries.sql").read_bytes()
    return tuple(Entry(*row) for row in connection.execute(query))


def _told(entries: tuple[Entry, ...], broken_at: int | None) -> Story:
    proven = entries if broken_at is None else [entry for entry in entries if entry.sequence < broken_at]
    try:
        told = fold(proven)
    except ValueError as error:
        raise LedgerDamaged(
            "the ledger holds an entry that makes no sense, though its chain of hashes is whole",
            why=str(error).splitlines()[0],
            remedy=f"read it with the version of migsafe that wrote it; this one writes format {FORMAT}",
        ) from error
    told.broken_at = broken_at
    return told
