"""What a statement really does to tables, seen from the server's own views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

# Relations of users by oid: name, storage file, and sequential scans of the running transaction.
_RELATIONS = """
SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relfilenode, coalesce(s.seq_scan, 0), c.relkind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_xact_user_tables s ON s.relid = c.oid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind NOT IN ('i', 'I')
"""
_LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"


@dataclass(frozen=True)
class Measured:
    """What was seen of one relation."""

    modes: frozenset[str]
    """As pg_locks spells them, e.g. `AccessExclusiveLock`."""
    rewrite: bool
    scan: bool
    made: bool = False
    """The statement made it."""


def measure(connection: psycopg.Connection, sql: str) -> dict[str, Measured]:
    """Run one statement in the open transaction and say what it did, by relation as it was called before it."""
    before = {row[0]: row for row in connection.execute(_RELATIONS)}
    connection.execute(sql)
    after = {row[0]: row for row in connection.execute(_RELATIONS)}
    modes: dict[int, set[str]] = {}
    for oid, mode in connection.execute(_LOCKS):
        modes.setdefault(oid, set()).add(mode)
    return {
        name: Measured(
            frozenset(modes.get(oid, ())),
            oid in before and oid in after and after[oid][2] != before[oid][2] and after[oid][4] != "S",
            oid in after and after[oid][3] > (before[oid][3] if oid in before else 0),
            oid not in before,
        )
        for oid, name, *_ in (after | before).values()
    }
