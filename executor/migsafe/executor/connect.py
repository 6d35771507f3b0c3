"""Connects to the target, safely and with the same settings everywhere, and says what the connection is like."""

from __future__ import annotations

import os
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.pooler import is_shared
from migsafe.schemas.problem import Problem, Refusal
from migsafe.schemas.target import SessionFacts

if TYPE_CHECKING:
    import psycopg

OLDEST, NEWEST = 13, 18
"""The majors of PostgreSQL that migsafe was tried with."""

_LOCAL_HOSTS = frozenset({"", "localhost", "127.0.0.1", "::1"})

# With this the server notices within half a second that we were killed, and does not go on to run a DDL that waits for
# a lock (PG 14+; measured). current_setting says NULL where the setting is unknown.
_NOTICE_OUR_END = """
SELECT set_config('client_connection_check_interval', '500ms', false)
WHERE current_setting('client_connection_check_interval', true) IS NOT NULL
"""

# How we read times, whatever the role or the database have for others. The order of day and month stays theirs.
_READ_ISO = "SET datestyle = ISO"

# libpq sends them in the greeting: what a migration does would depend on the shell that migsafe is called from.
_OF_THE_SHELL = ("PGCLIENTENCODING", "PGDATESTYLE", "PGTZ", "PGGEQO")


class Address(Problem):
    """The URL cannot be read."""


class TooOld(Refusal):
    """The server is older than any that migsafe knows."""


def connect(url: str, *, application: str, connect_timeout_ms: int) -> psycopg.Connection:
    """An autocommit connection that shows itself as `migsafe <application>`.

    No server setting but the encoding is sent at the start, since poolers refuse unknown ones. Raises a Problem of
    `unreachable`, or Address; no password is in its text.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    from migsafe.executor.unreachable import explained  # noqa: PLC0415 - only needed with psycopg

    leave_out_the_shell()
    parameters = _parameters(url) | {
        "client_encoding": "UTF8",
        "application_name": f"migsafe {application}",
        "connect_timeout": str(max(2, -(-connect_timeout_ms // 1000))),
        "keepalives": "1",
        "keepalives_idle": "15",
        "keepalives_interval": "5",
        "keepalives_count": "4",
        # Keepalives are sent on a silent connection; this is for one where what we sent is not acknowledged (Linux).
        "tcp_user_timeout": "35000",
    }
    try:
        connection = psycopg.connect("", autocommit=True, prepare_threshold=None, **parameters)  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise explained(error, parameters, redacted(url)) from None
    connection.execute(_READ_ISO)
    _notice_our_end(connection)
    return connection


def leave_out_the_shell() -> None:
    """Forget the environment's settings for sessions, for this process and the programs that it starts."""
    for name in _OF_THE_SHELL:
        os.environ.pop(name, None)


def redacted(url: str) -> str:
    """The address without anything secret: user, host, port and database only."""
    try:
        parts = _parameters(url)
    except Address:
        return "the connection URL"
    user = f"{parts['user']}@" if parts.get("user") else ""
    port = f":{parts['port']}" if parts.get("port") else ""
    return f"{user}{parts.get('host') or 'localhost'}{port}/{parts.get('dbname') or parts.get('user') or ''}"


def _parameters(url: str) -> dict[str, str]:
    """The parts of a URL, with the encryption that holds where it names none."""
    import psycopg.conninfo  # noqa: PLC0415 - slow to import

    try:
        parts = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(url).items() if value is not None}
        _ = [int(port) for port in parts.get("port", "").split(",") if port]
        _require_encoded(url)
    except (psycopg.Error, ValueError):
        # libpq's own message quotes the part that it stumbled over, which may be the password.
        raise Address(
            "the connection URL cannot be read",
            why="it is no PostgreSQL URL, or a sign in user or password is not percent-encoded",
            remedy="write it as postgresql://user:password@host:5432/database, with @ as %40, : as %3A and / as %2F",
        ) from None
    hosts = parts.get("host", os.environ.get("PGHOST", "")).split(",")
    if "sslmode" not in parts and "PGSSLMODE" not in os.environ and not all(_is_local(host) for host in hosts):
        # libpq's default, prefer, goes on in plain text without a word.
        parts["sslmode"] = "require"
    return parts


def _require_encoded(url: str) -> None:
    """Raise ValueError for a URL with a second @, which is one of the password: libpq takes what follows for the host.

    Messages name hosts and databases, so they would show the rest of the password.
    """
    scheme, _, rest = url.strip().partition("://")
    authority, _, path = rest.partition("?")[0].partition("/")
    if scheme in {"postgres", "postgresql"} and (authority.count("@") > 1 or "@" in path):
        msg = "a sign in it is not percent-encoded"
        raise ValueError(msg)


def _is_local(host: str) -> bool:
    return host in _LOCAL_HOSTS or host.startswith(("/", "@"))


def _notice_our_end(connection: psycopg.Connection) -> None:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    try:
        connection.execute(_NOTICE_OUR_END)
    except errors.InvalidParameterValue:
        # Servers on Windows know the setting and take no value but 0.
        return


def session_facts(connection: psycopg.Connection) -> SessionFacts:
    """What the connection is like. It has to be outside a transaction; see `pooler.is_shared` for what it costs."""
    row = connection.execute(files(__package__).joinpath("session.sql").read_bytes()).fetchone()
    if row is None:
        raise Problem("the server says nothing of itself", remedy="see its log, then try again")
    version, role, superuser, read_only, standby = row
    return SessionFacts(
        server_version=version,
        role=role,
        superuser=bool(superuser),
        read_only=read_only,
        standby=standby,
        pooled=is_shared(connection),
    )


def require_known(session: SessionFacts) -> None:
    """Raise TooOld for a server that migsafe was never tried with; a newer one is warned of by `doctor` alone."""
    major = session.server_version // 10_000
    if major < OLDEST:
        raise TooOld(
            f"the server is PostgreSQL {major}, and migsafe knows {OLDEST} and newer",
            why="its locks, its catalog and the ways of asking it what was committed are others",
            remedy=f"upgrade the server to PostgreSQL {OLDEST} or newer",
        )
