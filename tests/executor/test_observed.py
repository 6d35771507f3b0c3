"""What only some servers show: statement statistics, prepared transactions, slots, standbys; as facts and in doctor."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import migration, plan_for, run, together
from migsafe.executor.connect import session_facts
from migsafe.executor.doctor import Patience, examine
from migsafe.executor.server.account import server_account
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.home import settle
from migsafe.executor.survey.live import live_facts
from migsafe.schemas.live import LiveFacts, Sampling, StandbyFacts
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Connect = Callable[[str], psycopg.Connection]

SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    "max_prepared_transactions": "5",
    "wal_level": "logical",
    "max_wal_senders": "5",
}
QUICK = Sampling(interval=0)
AT_ONCE = Patience(transaction_seconds=0, retained_bytes=0)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # Not tmp_path: as root its parents are closed to the account of the server.
    made = Path(tempfile.mkdtemp(prefix="migsafe-observed-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="module")
def observed(folder: Path) -> Iterator[Server]:
    """A server that counts its statements, knows PREPARE TRANSACTION and has logical slots."""
    with embedded(folder / "primary", durability=Durability.THROWAWAY, settings=SETTINGS) as running:
        yield running


@pytest.fixture
def shop(observed: Server, connect: Connect) -> Iterator[psycopg.Connection]:
    connection = connect(create_database(observed, "shop"))
    connection.execute("SET synchronous_commit = on")  # a throw-away server would write its WAL some time later
    connection.execute("CREATE TABLE orders (id bigint PRIMARY KEY, note text)")
    yield connection
    connection.close()
    drop_database(observed, "shop")


def facts(connection: psycopg.Connection) -> LiveFacts:
    return live_facts(connection, ("public",), QUICK)


def gap(found: LiveFacts, fact: str) -> tuple[str, str | None] | None:
    return next(((one.reason, one.sqlstate) for one in found.gaps if one.fact == fact), None)


def doctor(observed: Server, folder: Path, patience: Patience = AT_ONCE) -> dict[str, tuple[str, str]]:
    found = examine(observed.url("shop"), backup_folder=folder / "later", schemas=("public",), patience=patience)
    return {check.name: (check.state, check.detail) for check in found}


def test_statement_statistics_are_read_from_whatever_schema_they_are_in(
    shop: psycopg.Connection, observed: Server, connect: Connect
) -> None:
    connect(observed.url("shop"))  # with nobody else there is no traffic to wait for
    shop.execute('CREATE SCHEMA "Odd stats"')
    shop.execute('CREATE EXTENSION pg_stat_statements WITH SCHEMA "Odd stats"')
    shop.execute('SELECT "Odd stats".pg_stat_statements_reset()')
    shop.execute("SELECT pg_sleep(0.02)")
    found = live_facts(shop, ("public",), Sampling(interval=50))
    assert found.statements is not None
    assert found.statements.max_ms >= 20
    assert 0 < found.statements.mean_ms < found.statements.max_ms
    assert found.statements.calls > 0  # our own questions between the two readings
    assert gap(found, "statements") is None


def test_statements_of_other_databases_do_not_count(
    shop: psycopg.Connection, observed: Server, connect: Connect
) -> None:
    shop.execute("CREATE EXTENSION pg_stat_statements")
    shop.execute("SELECT pg_stat_statements_reset()")
    connect(observed.url("postgres")).execute("SELECT pg_sleep(0.2)")
    found = facts(shop)
    assert found.statements is not None
    seen = shop.execute("SELECT max(max_exec_time) FROM pg_stat_statements").fetchone()
    assert seen is not None
    assert seen[0] >= 200 > found.statements.max_ms


def test_without_the_extension_there_is_a_gap_and_no_number(shop: psycopg.Connection) -> None:
    found = facts(shop)
    assert found.statements is None
    assert gap(found, "statements") == ("the extension pg_stat_statements is not there", None)


def test_an_extension_that_the_server_has_not_loaded_is_a_gap(database: str, connect: Connect) -> None:
    connection = connect(database)
    connection.execute("CREATE EXTENSION pg_stat_statements")
    found = facts(connection)
    assert found.statements is None
    assert gap(found, "statements") == ("the server does not offer it now", "55000")


def test_a_prepared_transaction_is_counted_here_and_nowhere_else(
    shop: psycopg.Connection, observed: Server, connect: Connect, folder: Path
) -> None:
    elsewhere = connect(observed.url("postgres"))
    with ExitStack() as open_ones:
        for connection, name in ((shop, "held here"), (elsewhere, "held elsewhere")):
            connection.execute("BEGIN; CREATE TABLE held (id int)")
            connection.execute(f"PREPARE TRANSACTION '{name}'".encode())
            open_ones.callback(connection.execute, f"ROLLBACK PREPARED '{name}'".encode())
        found = facts(shop)
        state, detail = doctor(observed, folder)["prepared transactions"]
    assert found.sessions is not None
    assert found.sessions.prepared_transactions == 1
    assert found.sessions.oldest_prepared >= 0
    assert (state, detail.split(", ")[0]) == ("warning", "'held here'")
    assert doctor(observed, folder)["prepared transactions"] == ("ok", "fine")


def test_an_open_transaction_is_long_for_who_has_no_patience(
    shop: psycopg.Connection, observed: Server, connect: Connect, folder: Path
) -> None:
    idle = connect(observed.url("shop"))
    idle.execute("SET application_name = 'report'")
    with idle.transaction(force_rollback=True):
        idle.execute("SELECT 1")
        state, detail = doctor(observed, folder)["long transactions"]
        assert doctor(observed, folder, Patience())["long transactions"] == ("ok", "fine")
    assert (state, detail.rsplit(",", 1)[0]) == ("warning", f"pid {idle.info.backend_pid} (report)")
    assert doctor(observed, folder)["long transactions"] == ("ok", "fine")
    assert shop.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_slot_that_nobody_reads_keeps_wal(shop: psycopg.Connection, observed: Server, folder: Path) -> None:
    shop.execute("SELECT pg_create_logical_replication_slot('orphan', 'pgoutput')")
    try:
        shop.execute("INSERT INTO orders SELECT n, repeat('x', 200) FROM generate_series(1, 500) n")
        found = facts(shop)
        state, detail = doctor(observed, folder)["replication slots"]
    finally:
        shop.execute("SELECT pg_drop_replication_slot('orphan')")
    assert found.replication is not None
    (slot,) = found.replication.slots
    assert (slot.slot, slot.kind, slot.active) == ("orphan", "logical", False)
    assert slot.retained_bytes is not None
    assert slot.retained_bytes > 100_000
    assert (state, detail.split(" is ")[0]) == ("warning", "orphan")
    assert doctor(observed, folder)["replication slots"] == ("ok", "fine")


@pytest.fixture(scope="module")
def standby(observed: Server, folder: Path) -> Iterator[Server]:
    """A true hot standby that streams from the observed server."""
    account = server_account()
    home = settle(folder / "standby", account)
    program = observed.installation.program("pg_basebackup")
    source = f"{observed.url('postgres')}&application_name=second"
    home.data.mkdir(mode=0o700)
    account.own(home.data)
    copy = [str(program), "-d", source, "-D", str(home.data), "-R", "-X", "stream", "--no-sync", "--checkpoint=fast"]
    subprocess.run(copy, cwd="/", check=True, capture_output=True, **account.identity)
    with embedded(folder / "standby", durability=Durability.THROWAWAY, settings=SETTINGS) as running:
        yield running
    shutil.rmtree(folder / "standby", ignore_errors=True)


def streaming(connection: psycopg.Connection) -> tuple[StandbyFacts, ...]:
    """The standbys as soon as one streams; at most until the runner's patience ends."""
    while True:
        found = facts(connection)
        assert found.replication is not None
        if any(one.state == "streaming" and one.lag_bytes == 0 for one in found.replication.standbys):
            return found.replication.standbys


def test_a_standby_that_stands_still_lags(
    shop: psycopg.Connection, standby: Server, connect: Connect, folder: Path
) -> None:
    second = connect(standby.url("postgres"))
    (before,) = streaming(shop)
    assert (before.name, before.synchronous) == ("second", False)
    second.execute("SELECT pg_wal_replay_pause()")
    while second.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
        pass
    shop.execute("INSERT INTO orders SELECT n, repeat('x', 200) FROM generate_series(1, 500) n")
    found = facts(shop)
    second.execute("SELECT pg_wal_replay_resume()")
    assert found.replication is not None
    (lagging,) = found.replication.standbys
    assert lagging.lag_bytes is not None
    assert lagging.lag_bytes > 100_000
    assert session_facts(second).standby
    checks = examine(standby.url("postgres"), backup_folder=folder / "later", schemas=("public",))
    assert next(check.state for check in checks if check.name == "primary") == "error"


def test_nothing_is_applied_to_a_standby(observed: Server, standby: Server) -> None:
    """As where a proxy that parts reads from writes leads there; the identity is that of the primary."""
    plan = plan_for(observed.url("postgres"), migration("1_a.sql", together("CREATE TABLE a ()")))
    with pytest.raises(Refusal, match="the server is a standby"):
        run(plan, standby.url("postgres"))
