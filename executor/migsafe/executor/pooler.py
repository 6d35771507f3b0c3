"""Tells by behaviour whether a pooler hands our session to others between transactions."""

from __future__ import annotations

import secrets
import select
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import psycopg

_LOOKS = 3
_TWIN_SECONDS = 2.0


class _Backend(NamedTuple):
    pid: int
    mark: str | None
    """A setting of the session; another backend does not have it."""


def is_shared(connection: psycopg.Connection) -> bool:
    """Whether a transaction-mode pooler stands between: the session's backend or settings do not stay ours.

    `connection` is in autocommit mode, outside a transaction. Costs four round trips on a direct connection; behind
    anything that hides the backend's own number also a second connection, for at most two seconds. When that one finds
    no room the answer is True: the lock and the work need two sessions of their own.
    """
    mark = secrets.token_hex(8)
    connection.execute("SELECT set_config('migsafe.mark', %s, false)", [mark])
    seen = {_look(connection) for _ in range(_LOOKS)}
    ours = seen.pop()
    if seen or ours.mark != mark:
        return True
    # The number in the server's greeting (BackendKeyData). Poolers put one of their own there.
    if connection.info.backend_pid == ours.pid:
        return False
    return _is_lent(connection, ours)


def _look(connection: psycopg.Connection) -> _Backend:
    row = connection.execute("SELECT pg_backend_pid(), current_setting('migsafe.mark', true)").fetchone()
    return _Backend(0, None) if row is None else _Backend(*row)


def _is_lent(connection: psycopg.Connection, ours: _Backend) -> bool:
    """Whether a twin that opens a transaction gets our backend while we are idle."""
    import psycopg  # noqa: PLC0415 - slow to import

    info = connection.info
    try:
        with psycopg.connect(info.dsn, password=info.password, autocommit=True, prepare_threshold=None) as twin:
            pid = _backend_of_transaction(twin)
            # Ours is only asked when the twin has got another one: with a pool of one it would wait for the twin.
            return pid in {None, ours.pid} or _look(connection) != ours
    except psycopg.OperationalError:
        return True


def _backend_of_transaction(twin: psycopg.Connection) -> int | None:
    """The backend that a transaction of `twin` runs in, left open; None when none came in time."""
    until = time.monotonic() + _TWIN_SECONDS
    twin.pgconn.send_query(b"BEGIN; SELECT pg_backend_pid()")
    twin.pgconn.flush()
    pid = None
    while (left := until - time.monotonic()) > 0:
        if select.select([twin.fileno()], [], [], left)[0]:
            twin.pgconn.consume_input()
        while not twin.pgconn.is_busy():
            if (result := twin.pgconn.get_result()) is None:
                return pid
            if result.ntuples:
                pid = int(result.get_value(0, 0) or 0)
    return None
