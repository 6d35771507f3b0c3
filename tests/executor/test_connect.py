"""Connecting: every failure has its own name and next command, and none shows the password."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.connect import Address, connect, redacted, session_facts
from migsafe.executor.unreachable import (
    DatabaseUnknown,
    LoginRefused,
    NameUnknown,
    NobodyListens,
    NoEncryption,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server
    from migsafe.schemas.problem import Problem

CANARY = "c4n4ry"


def opened(url: str) -> psycopg.Connection:
    return connect(url, application="test", connect_timeout_ms=3000)


@pytest.fixture(scope="module")
def tcp() -> Iterator[Server]:
    """A server that asks for passwords over TCP: its port is the one of its socket."""
    from migsafe.executor.server.cluster import Durability  # noqa: PLC0415 - only for this server
    from migsafe.executor.server.embedded import embedded  # noqa: PLC0415 - as above

    folder = Path(tempfile.mkdtemp(prefix="migsafe-tcp-"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    hba = folder / "hba.conf"
    hba.write_text("local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n")
    folder.chmod(0o755)
    hba.chmod(0o644)
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(hba)}
    try:
        with embedded(folder / "state", durability=Durability.THROWAWAY, settings=settings) as running:
            with psycopg.connect(running.url("postgres"), autocommit=True) as admin:
                admin.execute(f"CREATE ROLE app LOGIN PASSWORD '{CANARY}'".encode())
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_connection_has_the_settings_that_we_want(database: str) -> None:
    with opened(database) as connection:
        assert connection.autocommit
        assert connection.prepare_threshold is None
        row = connection.execute(
            "SELECT current_setting('application_name'), current_setting('client_connection_check_interval')"
        ).fetchone()
    assert row == ("migsafe test", "500ms")


def test_the_session_is_described(database: str) -> None:
    with opened(database) as connection:
        facts = session_facts(connection)
        assert facts.server_version == connection.info.server_version
        assert facts.superuser
        assert (facts.standby, facts.read_only, facts.pooled) == (False, False, False)
        connection.execute("SET default_transaction_read_only = on")
        assert session_facts(connection).read_only


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (f"postgresql://app:{CANARY}@host.invalid/app", NameUnknown),
        (f"postgresql://app:{CANARY}@127.0.0.1:1/app", NobodyListens),
        (f"postgresql://app:{CANARY}@/app?host=/nowhere", NobodyListens),
        (f"postgresql://app:%zz{CANARY}@localhost/app", Address),
        (f"postgresql://app:{CANARY}@ho st/app", Address),
        (f"postgresql://app:{CANARY}@localhost:{CANARY}/app", Address),
        (f"mysql://app:{CANARY}@localhost/app", Address),
    ],
)
def test_what_cannot_be_reached_is_named_without_the_password(url: str, kind: type[Problem]) -> None:
    with pytest.raises(kind) as caught:
        opened(url)
    assert caught.value.remedy
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(caught.value.__cause__)
    assert CANARY not in redacted(url)


@pytest.mark.parametrize(
    ("login", "kind", "says"),
    [
        (f"app:wrong{CANARY}@127.0.0.1:PORT/postgres", LoginRefused, "refuses the login"),
        (f"app:wrong{CANARY}@127.0.0.1:PORT/nowhere", LoginRefused, "refuses the login"),
        ("app@127.0.0.1:PORT/postgres", LoginRefused, "asks for a password"),
        (f"app:{CANARY}@127.0.0.1:PORT/nowhere", DatabaseUnknown, "no database nowhere"),
        (f"app:{CANARY}@127.0.0.1:PORT/postgres?sslmode=require", NoEncryption, "offers no TLS"),
    ],
)
def test_what_the_server_refuses_is_named(tcp: Server, login: str, kind: type[Problem], says: str) -> None:
    with pytest.raises(kind, match=says) as caught:
        opened("postgresql://" + login.replace("PORT", str(tcp.port)))
    assert CANARY not in str(caught.value)


def test_the_right_password_lets_in(tcp: Server) -> None:
    with opened(f"postgresql://app:{CANARY}@127.0.0.1:{tcp.port}/postgres") as connection:
        assert not session_facts(connection).superuser


def test_other_machines_are_only_reached_with_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    from migsafe.executor.connect import _parameters  # noqa: PLC0415 - what is handed to libpq is seen nowhere else

    monkeypatch.delenv("PGSSLMODE", raising=False)
    assert _parameters("postgresql://db.example.org/app")["sslmode"] == "require"
    assert _parameters("postgresql://db.example.org/app?sslmode=verify-full")["sslmode"] == "verify-full"
    assert _parameters("postgresql://localhost,db.example.org/app")["sslmode"] == "require"
    assert "sslmode" not in _parameters("postgresql://localhost/app")
    assert "sslmode" not in _parameters("postgresql:///app?host=/run/postgresql")


def test_an_address_is_shown_without_its_secrets() -> None:
    assert redacted(f"postgresql://app:{CANARY}@db.example.org:6543/shop") == "app@db.example.org:6543/shop"


@pytest.fixture
def pooler(tcp: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database through PgBouncer, with the settings of the parameter."""
    program = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
    if program is None:
        pytest.skip("pgbouncer is not installed")
    folder = Path(tempfile.mkdtemp(prefix="migsafe-pooler-"))
    folder.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "users").write_text('"app" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\npostgres = host=127.0.0.1 port={tcp.port} user=app password={CANARY}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"auth_file = {folder}/users\n{request.param}\n"
    )
    for path in folder.iterdir():
        path.chmod(0o644)
    # PgBouncer refuses to run as root.
    account = tcp.socket_dir.stat().st_uid
    command = [program, "-q", str(folder / "pgbouncer.ini")]
    process = subprocess.Popen(command, user=account, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _when_ready(process, f"postgresql://app@127.0.0.1:{port}/postgres")
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _when_ready(process: subprocess.Popen[bytes], url: str) -> str:
    until = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < until:
        try:
            opened(url).close()
        except Unreachable:
            continue
        return url
    raise AssertionError("pgbouncer lets nobody in")


@pytest.mark.parametrize(
    "pooler",
    [
        "pool_mode = transaction",
        "pool_mode = transaction\ndefault_pool_size = 1",
        "pool_mode = transaction\nserver_round_robin = 1",
        "pool_mode = statement",
    ],
    indirect=True,
)
def test_a_pooler_that_lends_our_session_is_seen(pooler: str) -> None:
    with opened(pooler) as connection:
        assert session_facts(connection).pooled


@pytest.mark.parametrize("pooler", ["pool_mode = session"], indirect=True)
def test_a_pooler_that_keeps_our_session_is_no_hindrance(pooler: str) -> None:
    from migsafe.executor.mutex import Mutex  # noqa: PLC0415 - only here

    with opened(pooler) as connection, Mutex.take(pooler) as mutex:
        assert not session_facts(connection).pooled
        mutex.check()


def test_no_setting_travels_in_the_greeting(database: str) -> None:
    with opened(database) as connection:
        assert connection.info.options == ""


def test_what_the_shell_says_of_sessions_does_not_reach_the_server(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With PGCLIENTENCODING the server would read our UTF-8 as something else and store other letters."""
    with opened(database) as connection:
        settings = "SELECT current_setting('timezone'), current_setting('geqo'), current_setting('client_encoding')"
        before = connection.execute(settings).fetchone()
    for name, value in {"CLIENTENCODING": "LATIN1", "DATESTYLE": "German", "TZ": "Asia/Tokyo", "GEQO": "off"}.items():
        monkeypatch.setenv(f"PG{name}", value)
    with opened(database) as connection:
        assert connection.execute(settings).fetchone() == before
        assert connection.execute("SELECT octet_length('\u00fc'), length('\u00fc')").fetchone() == (2, 1)
        assert connection.execute("SELECT DATE '2026-01-31'::text").fetchone() == ("2026-01-31",)


def test_what_a_database_says_of_sessions_does_not_hinder_us(database: str) -> None:
    with opened(database) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET datestyle = 'German'".encode())
        connection.execute(f"ALTER DATABASE {name} SET client_encoding = 'LATIN1'".encode())
    with opened(database) as connection:
        assert connection.execute("SHOW client_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT now()").fetchone()
        connection.execute("DISCARD ALL")
        assert connection.execute("SHOW client_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW datestyle").fetchone() == ("German, DMY",)
