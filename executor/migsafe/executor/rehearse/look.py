"""One look at what the running transaction has locked and written so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from migsafe.executor.rehearse.system_tables import SYSTEM_TABLES
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import psycopg

_MODES = {lock.catalog_name: lock for lock in Lock}
_TABLES = frozenset("rpmvf")
_INDEXES = frozenset("iI")
_FLUSHES_SINCE = 150000


class Relation(NamedTuple):
    """A relation as it stands at one moment."""

    name: QualifiedName
    kind: str
    """`pg_class.relkind`."""
    table: int | None
    """Of an index: the table that it is on."""
    file: int
    """`pg_class.relfilenode`; 0 where it has no storage."""

    @property
    def is_index(self) -> bool:
        """Whether it is an index."""
        return self.kind in _INDEXES

    @property
    def is_table(self) -> bool:
        """Whether it is a table, view, materialized view or foreign table."""
        return self.kind in _TABLES


class Held(NamedTuple):
    """A relation that the transaction has locked."""

    now: Relation | None
    """None where it was dropped."""
    passing: bool
    """Whether it is none of the users' own: temporary, or TOAST."""
    scans: int
    """Sequential scans of it in this transaction, or in this session where the server has not yet reported them."""
    locks: frozenset[Lock]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen."""

    wal: int
    written: Mapping[str, tuple[int, int]]
    """Rows written to and deleted from each system table, by its name."""
    held: Mapping[int, Held]
    """By object id."""
    earlier: Mapping[int, int] = field(default_factory=dict)
    """Scans of relations in transactions before this one that the server counts on from, by object id."""


NOTHING_SEEN = Look(0, {}, {})


def look(connection: psycopg.Connection, before: Look = NOTHING_SEEN) -> Look:
    """What stands after a statement, inside a transaction or outside; `before` is the look after the one before it.

    One round trip, and another one where what the relations are called and stored as may not be as it was before.
    """
    cursor = connection.execute(_looked())
    wal, ids, put, gone = cursor.fetchone() or (0, (), (), ())
    cursor.nextset()
    locks: dict[int, set[Lock]] = {}
    scans: dict[int, int] = {}
    for oid, mode, count in cursor.fetchall():
        if mode in _MODES:  # SIReadLock blocks nobody
            locks.setdefault(oid, set()).add(_MODES[mode])
            scans[oid] = count
    written = {SYSTEM_TABLES[oid]: (new, old) for oid, new, old in zip(ids, put, gone, strict=True) if new or old}
    known = _known(connection, before, written, locks)
    held = {oid: Held(*known.get(oid, _DROPPED), scans[oid], frozenset(modes)) for oid, modes in locks.items()}
    return Look(int(wal), written, held)


_DROPPED = (None, False)


def _known(
    connection: psycopg.Connection, before: Look, written: Mapping[str, tuple[int, int]], wanted: Iterable[int]
) -> Mapping[int, tuple[Relation | None, bool]]:
    """The relations as they are; asked for anew only where one is new or a row of `pg_class` was written."""
    same = all(written.get(name) == before.written.get(name) for name in ("pg_class", "pg_namespace"))
    if same and before.held.keys() >= set(wanted):
        return {oid: (before.held[oid].now, before.held[oid].passing) for oid in wanted}
    return _relations(connection, wanted)


def before_the_first(connection: psycopg.Connection) -> Look:
    """What stands before a transaction: no locks, and no scans that the server counts on from earlier transactions.

    Outside of a transaction. Servers before 15 cannot be told to report, so that what they count on from is asked for.
    """
    if connection.info.server_version < _FLUSHES_SINCE:
        seen = look(connection)
        return Look(seen.wal, seen.written, {}, earlier_scans(connection))
    row = connection.execute(own("reported.sql")).fetchone() or (0,)
    return Look(int(row[0]), {}, {})


def earlier_scans(connection: psycopg.Connection) -> dict[int, int]:
    """The scans of relations so far that the server has not reported, by object id."""
    return dict(connection.execute(own("pending.sql")).fetchall())


def relations_of(connection: psycopg.Connection, among: Iterable[int] | None = None) -> dict[int, Relation]:
    """All relations of users by object id, or those `among` some ids."""
    if among is not None:
        return {oid: now for oid, (now, passing) in _relations(connection, among).items() if not passing}
    return {
        oid: Relation(QualifiedName(name, schema), kind, table, file)
        for oid, schema, name, kind, table, file in connection.execute(own("files.sql")).fetchall()
    }


def _relations(connection: psycopg.Connection, among: Iterable[int]) -> dict[int, tuple[Relation, bool]]:
    ids = ",".join(map(str, among))
    rows = connection.execute(own("relations.sql").replace(b"{relations}", b"{%s}" % ids.encode())).fetchall()
    return {
        oid: (Relation(QualifiedName(name, schema), kind, table, file), passing)
        for oid, schema, name, kind, table, file, passing in rows
    }


@cache
def _looked() -> bytes:
    ids = ",".join(map(str, SYSTEM_TABLES))
    return own("looked.sql").replace(b"{tables}", b"{%s}" % ids.encode())


@cache
def own(name: str) -> bytes:
    """A query of this folder."""
    return files(__package__).joinpath(name).read_bytes()
