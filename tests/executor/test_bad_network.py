"""A network that is silent, slow, or leads elsewhere after a break: no run hangs for ever, or goes on elsewhere."""

from __future__ import annotations

import os
import signal
import socket
import struct
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import chain, repeat
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from applying import OPTIONS, applied_files, ledger_of, migration, plan_for, run, together, value
from forking import Forking
from migsafe.executor.connect import connect as connected
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.schemas.events import Committing, StatementStarted
from migsafe.schemas.problem import ExitCode, Partial, RolledBack, Stale
from proxy import TO_CLIENT, TO_SERVER, Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from migsafe.executor.server.embedded import Server
    from migsafe.schemas.plan import Plan

PATIENT = replace(OPTIONS, wait_ms=10_000)
LATER = together("CREATE TABLE c (v int)")


@pytest.fixture
def door(server: Server) -> Iterator[Proxy]:
    """A way to the server that can be disturbed."""
    with proxy(server.socket_dir) as made:
        yield made


def silent_from(mark: bytes, reached: Event) -> Callable[[str, bytes, int], bytes]:
    """From the moment on at which the mark is sent nothing comes back any more; all connections stay open."""

    def piece(way: str, data: bytes, _before: int) -> bytes:
        if way == TO_SERVER and mark in data:
            reached.set()
        return b"" if way == TO_CLIENT and reached.is_set() else data

    return piece


@pytest.mark.parametrize("mark", [b"CREATE TABLE b", b"COMMIT"])
def test_where_the_server_answers_no_more_a_second_signal_ends_the_run(
    mark: bytes, database: str, door: Proxy, tmp_path: Path
) -> None:
    """The first one cancels what runs, which needs an answer; whoever insists is not kept waiting for it."""
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE a (v int)", "CREATE TABLE b (v int)")))
    reached = Event()
    door.piece = silent_from(mark, reached)
    with Forking.started(tmp_path) as forking:
        child = forking.begin(plan, door.url(database))
        assert reached.wait(30)
        with insisting(child):
            assert forking.end() == ExitCode.INTERRUPTED
    door.cut()
    require_over(plan, database)


@contextmanager
def insisting(process: int) -> Iterator[None]:
    """While the block runs the process is sent Ctrl-C twice a second, for half a minute."""
    over = Event()

    def insist() -> None:
        numbers = chain(repeat(signal.SIGINT, 60), [signal.SIGKILL])
        while not over.wait(0.5):
            with suppress(ProcessLookupError):
                os.kill(process, next(numbers))

    thread = Thread(target=insist)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def require_over(plan: Plan, url: str) -> None:
    """Once the network is sound the same command comes to the end, or says that it was reached."""
    with suppress(Stale):
        run(plan, url, options=PATIENT)
    assert applied_files(url) == ["1_a.sql"]
    assert value(url, "SELECT to_regclass('b') IS NOT NULL")


def test_a_connection_that_is_acknowledged_no_more_is_given_up_after_half_a_minute(door: Proxy, database: str) -> None:
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        pytest.skip("this system has no TCP_USER_TIMEOUT")
    with connected(door.url(database), application="test", connect_timeout_ms=5_000) as connection:
        wire = socket.socket(fileno=os.dup(connection.fileno()))
        with wire:
            assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 35_000
            idle = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
            every, times = (
                wire.getsockopt(socket.IPPROTO_TCP, option) for option in (socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            assert idle + every * times == 35


def test_a_slow_network_makes_it_slow_and_changes_nothing(database: str, door: Proxy) -> None:
    """Each message in pieces of 700 bytes, with a pause behind each."""

    def piece(_way: str, data: bytes, _before: int) -> bytes:
        time.sleep(0.001 * (1 + len(data) // 700))
        return data

    door.piece = piece
    assert run(plan_for(database, migration("1_a.sql", together("CREATE TABLE b (v int)"))), door.url(database)).steps


@pytest.mark.parametrize("kind", [StatementStarted, Committing])
def test_after_a_break_that_leads_to_another_database_nothing_goes_on_there(
    kind: type[object], database: str, server: Server, door: Proxy
) -> None:
    """As after a failover: the old one is out of reach, the address leads to one of the same name and content."""
    plan = plan_for(database, migration("1_a.sql", together("CREATE TABLE b (v int)")), migration("2_b.sql", LATER))
    other = create_database(server, "elsewhere")
    name, elsewhere = (conninfo_to_dict(url)["dbname"].encode() + b"\0" for url in (database, other))

    def piece(way: str, data: bytes, _before: int) -> bytes:
        led = data.replace(b"database\0" + name, b"database\0" + elsewhere)
        return data if way == TO_CLIENT else struct.pack("!i", len(led)) + led[4:] if led != data else data

    def listener(event: object) -> None:
        if isinstance(event, kind):
            door.piece = piece
            door.cut()

    try:
        with pytest.raises((RolledBack, Partial)) as caught:
            run(plan, door.url(database), listener)
        assert value(other, "SELECT count(*) FROM pg_namespace WHERE nspname = 'migsafe'") == 0
        assert value(other, "SELECT to_regclass('b') IS NULL")
        if kind is Committing:
            assert "another database" in str(caught.value)
        assert ledger_of(database).unfinished is not None
    finally:
        drop_database(server, "elsewhere")
