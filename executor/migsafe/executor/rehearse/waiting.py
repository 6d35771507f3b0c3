"""Finds which lock a statement outside a transaction asks for, by standing in its way for a moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from migsafe.executor.shadow.database import session
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

_EVERY_SECONDS = 0.002
_MODES = {lock.catalog_name: lock for lock in Lock}
_ASKED = """
SELECT relation::bigint, mode FROM pg_catalog.pg_locks
WHERE pid = %s AND NOT granted AND locktype = 'relation' LIMIT 1
"""


class Obstacle:
    """A second session that holds some tables until somebody waits for one of them.

    Held in SHARE UPDATE EXCLUSIVE, they let all pass that DDL does not conflict with; the mode that is waited for is
    the one asked for. Used from one thread; the waiting is watched by another.
    """

    def __init__(self, url: str, pid: int, tables: Sequence[str]) -> None:
        self._url, self._pid, self._tables = url, pid, tables
        self._over = threading.Event()
        self._standing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="migsafe obstacle", daemon=True)
        self.asked: tuple[int, Lock] | None = None
        """The object id of the table and the mode, once somebody asked."""

    def __enter__(self) -> Self:
        self._thread.start()
        self._standing.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        import psycopg  # noqa: PLC0415 - slow to import

        try:
            with session(self._url) as connection:
                self._stand(connection)
        except psycopg.Error:
            return  # what cannot be measured is told as such; the statement itself says whether the server is gone
        finally:
            self._standing.set()

    def _stand(self, connection: psycopg.Connection) -> None:
        connection.execute("BEGIN; SET LOCAL lock_timeout = '1s'")
        connection.execute(f"LOCK TABLE {', '.join(self._tables)} IN SHARE UPDATE EXCLUSIVE MODE".encode())
        self._standing.set()
        while not self._over.wait(_EVERY_SECONDS):
            row = connection.execute(_ASKED, [self._pid]).fetchone()
            if row is not None:
                self.asked = (int(row[0]), _MODES[row[1]])
                break
        connection.execute("ROLLBACK")
