"""Live facts: what is going on in the target besides its shape, each fact read in bounded time or named as a gap."""

from __future__ import annotations

from migsafe.schemas.document import Document
from migsafe.schemas.policies import Milliseconds


class Sampling(Document):
    """How the running target is looked at while a plan is made: for how long, how patiently, how closely."""

    interval: Milliseconds = 1_000
    """Time between the two readings of the traffic counters. 0 means one reading: rates since the last reset only.

    There is one reading, too, where no other session is connected.

    A busy session reports its counts once a second (PGSTAT_MIN_INTERVAL): in less time a second's work of few sessions
    may be taken for that of the interval.
    """
    statement_timeout: Milliseconds = 5_000
    """The longest that one question to the target may take; what is not answered by then is named as a gap."""
    sample_keys: bool = True
    """Whether a question about rows may bring the primary key of one offending row along. Never any other value."""


class Gap(Document):
    """A fact that could not be read."""

    fact: str
    """What is not known, in words."""
    reason: str
    """Why not, in words; never the server's message, which may quote data."""
    sqlstate: str | None
    """The server's error code, if an error was the reason."""


class TableActivity(Document):
    """Size and traffic of one table, materialized view or leaf partition. Rates are events in a second."""

    table: str
    """Qualified and quoted as in SQL."""
    heap_bytes: int | None
    """Size of the rows alone, all forks; null: not read, see the gaps."""
    index_bytes: int | None
    """Size of all its indexes."""
    toast_bytes: int | None
    """Size of values kept outside of the rows, with their index."""
    rows: int
    """Live rows by the statistics; -1 unknown."""
    dead_rows: int
    """Dead rows by the statistics."""
    inserts: float
    """Rows inserted: the larger of the rate between the two readings and that since the last reset."""
    updates: float
    """Rows updated, likewise."""
    deletes: float
    """Rows deleted, likewise."""
    sequential_scans: float
    """Sequential scans begun, likewise."""
    index_scans: float
    """Index scans begun, likewise."""
    last_analyze: str | None
    """The last ANALYZE, by hand or by autovacuum, ISO 8601 UTC; null: never, as far as the statistics tell."""
    last_vacuum: str | None
    """The last VACUUM, likewise."""

    @property
    def writes(self) -> float:
        """Rows written in a second."""
        return self.inserts + self.updates + self.deletes

    @property
    def scans(self) -> float:
        """Scans begun in a second."""
        return self.sequential_scans + self.index_scans


class IndexActivity(Document):
    """Size and use of one index."""

    index: str
    """Qualified and quoted as in SQL."""
    table: str
    """The table that it is on, likewise."""
    bytes: int | None
    """Its size; null: not read, see the gaps."""
    valid: bool
    """False: a concurrent build that broke off or still goes on."""
    scans: int
    """Scans since the statistics were last reset."""
    scan_rate: float
    """Scans begun in a second: the larger of the rate between the two readings and that since the last reset."""


class StatementActivity(Document):
    """All statements of the database together, by pg_stat_statements."""

    calls: float
    """Calls in a second between the two readings."""
    mean_ms: float
    """Mean execution time since the last reset, milliseconds."""
    max_ms: float
    """The longest execution since the last reset, milliseconds."""


class SessionActivity(Document):
    """What other sessions of the database are in the middle of. Ages are whole seconds; 0 where there is none."""

    sessions: int
    """Client sessions, ours not counted."""
    oldest_transaction: int
    """Age of the oldest transaction."""
    idle_in_transaction: int
    """Sessions that hold a transaction open and do nothing."""
    oldest_idle_in_transaction: int
    """Age of the oldest of their transactions."""
    prepared_transactions: int
    """Transactions of PREPARE TRANSACTION: their locks outlive every session."""
    oldest_prepared: int
    """Age of the oldest of them."""


class SlotFacts(Document):
    """A replication slot."""

    slot: str
    """Its name."""
    kind: str
    """`physical` or `logical`."""
    active: bool
    """Whether somebody reads from it."""
    retained_bytes: int | None
    """WAL that the server keeps for it; null where it keeps none."""


class StandbyFacts(Document):
    """A standby or subscriber that streams from this server."""

    name: str
    """Its application_name."""
    state: str
    """As `pg_stat_replication` has it: `streaming`, `catchup`, ..."""
    synchronous: bool
    """Whether commits wait for it."""
    lag_bytes: int | None
    """WAL that it has not replayed yet; null where it does not say."""
    lag_ms: int | None
    """How long recent WAL took to be replayed there; null where nothing was written of late."""


class ReplicationFacts(Document):
    """Who reads this server's WAL."""

    slots: tuple[SlotFacts, ...]
    """By name."""
    standbys: tuple[StandbyFacts, ...]
    """By name."""


class ServerFacts(Document):
    """Settings that decide how a migration fares, as a new session of our role finds them."""

    max_connections: int
    connections: int
    """Client connections at present, of all databases."""
    max_locks_per_transaction: int
    wal_level: str
    timezone: str
    lock_timeout_ms: int
    """0 means none."""
    statement_timeout_ms: int
    """0 means none."""


class LiveFacts(Document):
    """What is going on in the target. What could not be read is a gap, never a failure."""

    taken_at: str
    """When the first reading was made, by the server's clock, ISO 8601 UTC."""
    interval_ms: int
    """Time between the two readings by the server's clock; 0: there was one reading."""
    statistics_since: str | None
    """When the database's statistics were last reset, ISO 8601 UTC; null where the server does not say."""
    tables: tuple[TableActivity, ...]
    """The tables of the managed schemas, by name."""
    indexes: tuple[IndexActivity, ...]
    """Their indexes, by name."""
    statements: StatementActivity | None
    """Null where pg_stat_statements is not there or not readable, see the gaps."""
    sessions: SessionActivity | None
    replication: ReplicationFacts | None
    server: ServerFacts | None
    foreign_servers: tuple[str, ...]
    """Names of the foreign servers."""
    free_disk_bytes: int | None
    """Free space where the data folder is; null where it cannot be seen from here, see the gaps."""
    gaps: tuple[Gap, ...]
    """What could not be read, and why."""

    @property
    def invalid_indexes(self) -> tuple[str, ...]:
        """Indexes that are not valid."""
        return tuple(one.index for one in self.indexes if not one.valid)

    def index(self, name: str) -> IndexActivity | None:
        """What is known of an index, by its name as SQL has it."""
        return next((one for one in self.indexes if one.index == name), None)

    def table(self, name: str) -> TableActivity | None:
        """What is known of a table, by its name as SQL has it."""
        return next((one for one in self.tables if one.table == name), None)
