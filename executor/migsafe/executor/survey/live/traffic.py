"""Traffic: counters of the statistics, read twice, and the rates between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.survey.live.bounded import own
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import psycopg


@dataclass(frozen=True, slots=True)
class TableCount:
    """What the statistics say of one table at one moment."""

    name: QualifiedName
    rows: int
    dead_rows: int
    events: tuple[int, int, int, int, int]
    """Inserts, updates, deletes, sequential scans, index scans."""
    last_analyze: dt.datetime | None
    last_vacuum: dt.datetime | None


@dataclass(frozen=True, slots=True)
class IndexCount:
    """What the statistics say of one index at one moment."""

    name: QualifiedName
    table: QualifiedName
    valid: bool
    scans: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of all counters; tables and indexes by their oid."""

    moment: dt.datetime
    since: dt.datetime | None
    """When the counters were last reset, where the server says so."""
    tables: Mapping[int, TableCount]
    indexes: Mapping[int, IndexCount]


def read_counters(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Reading:
    """The counters of the schemas' tables and indexes. Takes no lock that anybody's statement conflicts with.

    In a transaction of its own: the statistics of one transaction stay as they were first read.
    """
    moment, since = connection.execute(own("moment.sql")).fetchone() or (None, None)
    assert moment is not None  # noqa: S101 - the current database has its row in pg_stat_database
    wanted = {"schemas": list(schemas)}
    tables = {
        oid: TableCount(QualifiedName(name, schema), rows, dead, tuple(events), analyzed, vacuumed)
        for oid, schema, name, rows, dead, *events, analyzed, vacuumed in connection.execute(
            own("counters.sql"), wanted
        )
    }
    indexes = {
        oid: IndexCount(QualifiedName(name, schema), QualifiedName(table, schema), valid, scans)
        for oid, schema, name, table, valid, scans in connection.execute(own("index_counters.sql"), wanted)
    }
    return Reading(moment, since, tables, indexes)


@dataclass(frozen=True, slots=True)
class Pace:
    """Two readings, by which counts become rates."""

    first: Reading
    last: Reading

    @property
    def seconds(self) -> float:
        """Between the readings, by the server's clock."""
        return (self.last.moment - self.first.moment).total_seconds()

    def rate(self, before: int, after: int) -> float:
        """Events in a second: the larger of the rate between the readings and that since the last reset.

        The interval alone misses traffic that comes in waves; and since PG 15 a backend that is busy reports its
        counts once a second only.
        """
        recent = (after - before) / self.seconds if self.seconds > 0 and after >= before else 0.0
        since = self.last.since
        whole = (self.last.moment - since).total_seconds() if since is not None else 0.0
        return round(max(recent, after / whole if whole > 0 else 0.0), 3)

    def table(self, oid: int) -> tuple[float, ...]:
        """The rates of a table's events; a table that the first reading did not have began at nothing."""
        now = self.last.tables[oid].events
        was = self.first.tables[oid].events if oid in self.first.tables else (0,) * len(now)
        return tuple(self.rate(before, after) for before, after in zip(was, now, strict=True))

    def index(self, oid: int) -> float:
        """The rate of an index's scans."""
        was = self.first.indexes[oid].scans if oid in self.first.indexes else 0
        return self.rate(was, self.last.indexes[oid].scans)
