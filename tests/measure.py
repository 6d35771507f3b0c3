"""What a statement really does to tables, seen from the server's own views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg
    from psycopg.errors import Diagnostic

# Relations of users by oid: name, storage file, sequential scans of the running transaction, kind, table of an index.
_RELATIONS = """
SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relfilenode, coalesce(s.seq_scan, 0),
       c.relkind, x.indrelid
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_xact_user_tables s ON s.relid = c.oid
LEFT JOIN pg_index x ON x.indexrelid = c.oid
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind <> 'c'
"""
_LOCKS = "SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"
_INDEXES = {"i", "I"}


@dataclass(frozen=True)
class Measured:
    """What was seen of one relation."""

    modes: frozenset[str]
    """As pg_locks spells them, e.g. `AccessExclusiveLock`."""
    rewrite: bool
    scan: bool
    index_rebuild: bool
    """An index that the table had before and has still, by its name, has another storage file; of an index itself."""
    made: bool
    """The statement made it."""
    index: bool
    partitioned: bool
    told: tuple[str, ...]
    """What the server said of it at DEBUG1: `rewriting`, `verifying`, `building index`."""


@dataclass(frozen=True)
class _Relation:
    name: str
    file: int
    scans: int
    kind: str
    table: int | None


def measure(connection: psycopg.Connection, sql: str) -> dict[str, Measured]:
    """Run one statement in the open transaction and say what it did, by relation as it was called before it."""
    said: list[str] = []

    def hear(notice: Diagnostic) -> None:
        said.append(notice.message_primary or "")

    before = _relations(connection)
    connection.add_notice_handler(hear)
    connection.execute("SET LOCAL client_min_messages = debug1")
    connection.execute(sql)
    connection.execute("RESET client_min_messages")
    connection.remove_notice_handler(hear)
    after = _relations(connection)
    modes: dict[int, set[str]] = {}
    for oid, mode in connection.execute(_LOCKS):
        modes.setdefault(oid, set()).add(mode)
    rebuilt = _rebuilt(before, after)
    return {
        found.name: Measured(
            frozenset(modes.get(oid, ())),
            oid in before and oid in after and after[oid].file != before[oid].file and found.kind not in "SiI",
            oid in after and after[oid].scans > (before[oid].scans if oid in before else 0),
            oid in rebuilt,
            oid not in before,
            found.kind in _INDEXES,
            found.kind == "p",
            tuple(words.split(" table ")[0] for words in said if f'table "{found.name.split(".")[-1]}"' in words),
        )
        for oid, found in (after | before).items()
    }


def _relations(connection: psycopg.Connection) -> dict[int, _Relation]:
    return {oid: _Relation(*rest) for oid, *rest in connection.execute(_RELATIONS)}


def _rebuilt(before: dict[int, _Relation], after: dict[int, _Relation]) -> set[int]:
    """Indexes with another file than before, and their tables. A type change makes the index anew under its name."""
    files = {index.name: index.file for index in before.values() if index.kind in _INDEXES}
    found = set()
    for oid, index in after.items():
        if index.kind in _INDEXES and files.get(index.name, index.file) != index.file:
            found |= {oid, index.table or 0}
    return found
