"""Finds out why a connection did not come about, by what the parts of the way answer."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from typing import TYPE_CHECKING

from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_SECONDS = 5


class Unreachable(Problem):
    """No connection to the server."""


class NameUnknown(Unreachable):
    """The host's name resolves to no address."""


class NobodyListens(Unreachable):
    """The host answers nothing on that port."""


class NoEncryption(Unreachable):
    """The server offers no TLS, or it cannot be trusted."""


class LoginRefused(Unreachable):
    """The server does not let this role in with what it was given."""


class DatabaseUnknown(Unreachable):
    """The server lets the role in, but not to this database."""


def explained(error: psycopg.Error, parameters: Mapping[str, str], shown: str) -> Unreachable:
    """The Problem that fits, for a failed connection with these parameters; `shown` is the address without secrets.

    Servers answer a failed login in their own language and psycopg hands on no SQLSTATE of it, so each part of the way
    is tried: the name, the port, the encryption, the same role on the database `postgres`.
    """
    host = parameters.get("host", os.environ.get("PGHOST", ""))
    port = int(parameters.get("port") or os.environ.get("PGPORT") or "5432") if "," not in host else 0
    said = _without_secrets(str(error), parameters)
    if port and not host.startswith(("/", "@")) and host:
        if (problem := _network(host, port, shown)) is not None:
            return problem
        if parameters.get("sslmode", "prefer") in {"require", "verify-ca", "verify-full"} and (
            (problem := _encryption(error, host, port, shown, said)) is not None
        ):
            return problem
    elif host.startswith("/") and not os.path.exists(f"{host}/.s.PGSQL.{port}"):  # noqa: PTH110 - no Path needed
        return NobodyListens(
            f"no server listens at {shown}",
            why=f"there is no socket {host}/.s.PGSQL.{port}",
            remedy="start the server, or correct host and port in the URL",
        )
    return _login(error, parameters, shown, said)


def _network(host: str, port: int, shown: str) -> Unreachable | None:
    try:
        socket.getaddrinfo(host, port)
    except OSError:
        return NameUnknown(
            f"the host name {host} is unknown here",
            why="it resolves to no address",
            remedy=f"correct the host in the URL, or look it up: getent hosts {host}",
        )
    try:
        socket.create_connection((host, port), _SECONDS).close()
    except OSError as error:
        return NobodyListens(
            f"no server answers at {shown}",
            why=os.strerror(error.errno) if error.errno else "no answer in time",
            remedy=f"see whether it runs and may be reached from here: pg_isready -h {host} -p {port}",
        )
    return None


def _encryption(error: psycopg.Error, host: str, port: int, shown: str, said: str) -> Unreachable | None:
    if not _offers_tls(host, port):
        return NoEncryption(
            f"the server at {shown} offers no TLS",
            why="for hosts other than this machine migsafe takes no unencrypted connection unless the URL says so",
            remedy="turn TLS on at the server, or, in a network that you trust, add sslmode=disable to the URL",
        )
    if error.pgconn is not None and not error.pgconn.ssl_in_use:
        return NoEncryption(
            f"no encrypted connection to {shown} came about",
            why=said,
            remedy="name the authority that signed the server's certificate: add sslrootcert=FILE to the URL",
        )
    return None


def _offers_tls(host: str, port: int) -> bool:
    """Whether the server answers S to an SSLRequest (protocol 3, "SSL Session Encryption")."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), _SECONDS) as raw:
        raw.sendall(_SSL_REQUEST)
        return raw.recv(1) != b"N"
    return True


def _login(error: psycopg.Error, parameters: Mapping[str, str], shown: str, said: str) -> Unreachable:
    database = parameters.get("dbname") or parameters.get("user") or ""
    if error.pgconn is not None and error.pgconn.needs_password:
        return LoginRefused(
            f"the server at {shown} asks for a password",
            why="the URL holds none",
            remedy="put it into the URL's environment variable, or into ~/.pgpass",
        )
    if database != "postgres" and (known := _databases(parameters)) is not None:
        missing = database not in known
        return DatabaseUnknown(
            f"there is no database {database} at {shown}" if missing else f"the database {database} refuses us",
            why=said,
            remedy="correct the database in the URL; psql --list shows those that there are",
        )
    return LoginRefused(
        f"the server refuses the login at {shown}",
        why=said,
        remedy="correct user and password in the URL's environment variable, and try: psql -c 'SELECT 1'",
    )


def _databases(parameters: Mapping[str, str]) -> frozenset[str] | None:
    """The databases of the server, if the same role gets into `postgres`; else None."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        with psycopg.connect("", autocommit=True, **(dict(parameters) | {"dbname": "postgres"})) as other:  # type: ignore[arg-type]
            return frozenset(name for (name,) in other.execute("SELECT datname FROM pg_catalog.pg_database"))
    except psycopg.Error:
        return None


def _without_secrets(said: str, parameters: Mapping[str, str]) -> str:
    text = " ".join(said.split())
    for key in ("password", "sslpassword", "oauth_client_secret"):
        if secret := parameters.get(key):
            text = text.replace(secret, "***")
    return text
