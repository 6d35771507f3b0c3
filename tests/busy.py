"""Live facts of a server on which everything is wrong at once."""

from __future__ import annotations

from migsafe.schemas.live import (
    IndexActivity,
    LiveFacts,
    ReplicationFacts,
    ServerFacts,
    SessionActivity,
    SlotFacts,
    StandbyFacts,
    TableActivity,
)

_GIB = 1024**3
_ORDERS = TableActivity(
    table="public.orders",
    heap_bytes=6 * _GIB,
    index_bytes=2 * _GIB,
    toast_bytes=20 * _GIB,
    rows=50_000_000,
    dead_rows=30_000_000,
    inserts=100,
    updates=100,
    deletes=0,
    sequential_scans=0,
    index_scans=800,
    last_analyze=None,
    last_vacuum=None,
)
_INDEXES = tuple(
    IndexActivity(
        index=f"public.{name}", table="public.orders", bytes=_GIB, valid=True, scans=scans, scan_rate=scans / 10_000
    )
    for name, scans in (("orders_pkey", 7), ("orders_state_idx", 0), ("orders_user_id_idx", 9_000_000))
)
_SESSIONS = SessionActivity(
    sessions=95,
    oldest_transaction=3600,
    idle_in_transaction=2,
    oldest_idle_in_transaction=3600,
    prepared_transactions=1,
    oldest_prepared=86_400,
)
_REPLICATION = ReplicationFacts(
    slots=(SlotFacts(slot="reports", kind="logical", active=False, retained_bytes=9 * _GIB),),
    standbys=(StandbyFacts(name="b", state="catchup", synchronous=True, lag_bytes=_GIB, lag_ms=90_000),),
)
_SERVER = ServerFacts(
    max_connections=100,
    connections=97,
    max_locks_per_transaction=64,
    wal_level="logical",
    timezone="UTC",
    lock_timeout_ms=0,
    statement_timeout_ms=0,
)
BUSY = LiveFacts(
    taken_at="2026-01-15T12:00:00Z",
    interval_ms=300,
    statistics_since=None,
    tables=(_ORDERS,),
    indexes=_INDEXES,
    statements=None,
    sessions=_SESSIONS,
    replication=_REPLICATION,
    server=_SERVER,
    foreign_servers=(),
    free_disk_bytes=_GIB,
    gaps=(),
)
