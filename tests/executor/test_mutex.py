"""One run at a time, whatever happens to the one that runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from migsafe.executor.mutex import LockLost, Mutex
from migsafe.schemas.problem import ExitCode, Locked

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from migsafe.executor.server.embedded import Server

HOLD = """
import sys
from migsafe.executor.mutex import Mutex
with Mutex.take(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def free(url: str) -> bool:
    try:
        Mutex.take(url).release()
    except Locked:
        return False
    return True


def test_a_second_taker_is_told_who_holds_it(database: str) -> None:
    with Mutex.take(database) as mutex:
        mutex.check()
        with pytest.raises(Locked, match=r"migsafe lock \(pid \d+ as \w+, connected since 20") as caught:
            Mutex.take(database)
        assert caught.value.exit_code is ExitCode.LOCKED
        assert "pg_terminate_backend" in caught.value.remedy
    assert free(database)


def test_of_twenty_exactly_one_gets_it(database: str) -> None:
    together = Barrier(20)

    def attempt(_number: int) -> Mutex | None:
        together.wait()
        try:
            return Mutex.take(database)
        except Locked:
            return None

    with ThreadPoolExecutor(20) as pool:
        takers = list(pool.map(attempt, range(20)))
    winners = [taker for taker in takers if taker is not None]
    assert len(winners) == 1
    winners[0].release()


def test_whoever_waits_hears_of_the_holder_and_gets_it_afterwards(database: str) -> None:
    holder = Mutex.take(database)
    heard: list[str] = []

    def hear(name: str) -> None:
        heard.append(name)
        holder.release()

    with Mutex.take(database, wait_ms=20_000, on_wait=hear) as mutex:
        mutex.check()
    assert len(heard) == 1


def test_it_holds_no_transaction_and_no_snapshot(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    with Mutex.take(database):
        rows = (
            connect(database)
            .execute(
                "SELECT state, backend_xmin, xact_start FROM pg_stat_activity WHERE application_name = 'migsafe lock'"
                " AND datname = current_database()"
            )
            .fetchall()
        )
    assert rows == [("idle", None, None)]


def test_another_database_has_a_lock_of_its_own(database: str, server: Server) -> None:
    with Mutex.take(database):
        assert free(server.url("postgres"))


def test_a_killed_holder_frees_it(database: str) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not free(database)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    Mutex.take(database, wait_ms=10_000).release()


def test_a_lost_connection_is_noticed(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    with Mutex.take(database) as mutex:
        connect(database).execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with pytest.raises(LockLost, match="connection is gone"):
            mutex.check()


def test_a_lock_that_was_let_go_is_noticed(database: str) -> None:
    with Mutex.take(database) as mutex:
        mutex._connection.execute("SELECT pg_advisory_unlock_all()")  # noqa: SLF001 - there is no other way to lose it
        with pytest.raises(LockLost, match="nobody holds it"):
            mutex.check()
        with Mutex.take(database), pytest.raises(LockLost, match="it is held by migsafe lock"):
            mutex.check()
