"""One run at a time: the lock of the target, held by a connection that does nothing else."""

from __future__ import annotations

import time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from migsafe.executor.connect import connect
from migsafe.schemas.problem import Locked, Partial

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import psycopg

KEY: Final = {"classid": 0x6D696773, "objid": 0x61666500}
"""The two halves of the advisory lock's key: the ASCII bytes of `migsafe`. Advisory locks are of one database each."""

_POLL_SECONDS = 0.1


class LockLost(Partial):
    """The connection that held the lock is gone, or holds it no more."""


class Holder(NamedTuple):
    """The session that holds the lock."""

    pid: int
    application: str
    role: str
    since: str
    """Since when it is connected, ISO 8601 UTC."""

    def __str__(self) -> str:
        """As messages name it."""
        application = self.application or "a session"
        role = f" as {self.role}" if self.role else ""
        since = f", connected since {self.since}" if self.since else ""
        return f"{application} (pid {self.pid}{role}{since})"


class Mutex:
    """The lock, held. Leaving the block lets it go; so does the end of this process, however it comes.

    The connection is its own, because a migration's DISCARD ALL or pg_advisory_unlock_all() would drop the lock, and it
    stands outside any transaction, because a snapshot would keep CREATE INDEX CONCURRENTLY waiting.
    """

    def __init__(self, connection: psycopg.Connection, pid: int) -> None:
        import psycopg  # noqa: PLC0415 - slow to import

        self._connection = connection
        # Asked before each step: without parameters and the names of holders it takes a third of the time (measured).
        self._asking = psycopg.ClientCursor(connection).mogrify(_sql("held.sql"), KEY | {"pid": pid}).encode()

    @classmethod
    def take(
        cls,
        url: str,
        *,
        wait_ms: int = 0,
        on_wait: Callable[[str], None] = lambda _holder: None,
        connect_timeout_ms: int = 10_000,
    ) -> Self:
        """Take the lock, asking again for `wait_ms`; `on_wait` hears once of each holder that is in the way.

        The server is polled and never waited for: a waiter would be a transaction that CREATE INDEX CONCURRENTLY waits
        for. Raises Locked naming the holder, and what `connect` raises.
        """
        connection = connect(url, application="lock", connect_timeout_ms=connect_timeout_ms)
        try:
            pid = _stay(connection)
            _poll(connection, wait_ms, on_wait)
        except BaseException:
            connection.close()
            raise
        return cls(connection, pid)

    def check(self) -> None:
        """Make sure that the lock is still held, in one round trip. Raises LockLost."""
        import psycopg  # noqa: PLC0415 - slow to import

        try:
            if self._is_held():
                return
            holder = _holder(self._connection)
        except psycopg.Error as error:
            raise _lost("its connection is gone") from error
        raise _lost(f"it is held by {holder}" if holder else "nobody holds it")

    def _is_held(self) -> bool:
        """Whether our session has it."""
        row = self._connection.execute(self._asking).fetchone()
        return row is not None and row[0] is True

    def release(self) -> None:
        """Let the lock go by ending its session."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _stay(connection: psycopg.Connection) -> int:
    """Keep the server from ending this idle session (`idle_session_timeout`, PG 14+); its backend's process id.

    The id comes from the server, since a pooler puts a number of its own into the connection.
    """
    row = connection.execute(
        "SELECT pg_backend_pid(), CASE WHEN current_setting('idle_session_timeout', true) IS NOT NULL"
        " THEN set_config('idle_session_timeout', '0', false) END"
    ).fetchone()
    return 0 if row is None else int(row[0])


def _poll(connection: psycopg.Connection, wait_ms: int, on_wait: Callable[[str], None]) -> None:
    until = time.monotonic() + wait_ms / 1000
    told: int | None = None
    while not _try(connection):
        holder = _holder(connection)
        if holder is not None and holder.pid != told:
            told = holder.pid
            on_wait(str(holder))
        left = until - time.monotonic()
        if left <= 0:
            raise _locked(holder)
        time.sleep(min(_POLL_SECONDS, left))


def _try(connection: psycopg.Connection) -> bool:
    query = "SELECT pg_catalog.pg_try_advisory_lock(%(classid)s::integer, %(objid)s::integer)"
    row = connection.execute(query, KEY).fetchone()
    return row is not None and row[0] is True


def _holder(connection: psycopg.Connection) -> Holder | None:
    row = connection.execute(_sql("mutex.sql"), KEY).fetchone()
    return None if row is None else Holder(*row)


@cache
def _sql(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


def _locked(holder: Holder | None) -> Locked:
    if holder is None:
        return Locked(
            "another run held the lock of this database until just now",
            why="it was let go while we asked who has it",
            remedy="run the same command again",
        )
    return Locked(
        f"another run holds the lock of this database: {holder}",
        why="only one run at a time may change a database",
        remedy=f"wait for it, or, if it is dead, end it: psql -c 'SELECT pg_terminate_backend({holder.pid})'",
    )


def _lost(why: str) -> LockLost:
    return LockLost(
        "the lock of this database was lost during the run",
        why=why,
        remedy="see what was done: migsafe status",
    )
