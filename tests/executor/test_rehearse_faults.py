"""What goes wrong in the middle of a rehearsal ends in one clear Problem, and the next rehearsal works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from migsafe.executor.rehearse import Script, rehearse
from migsafe.executor.server.account import server_account
from migsafe.executor.server.filelock import poll
from migsafe.executor.server.home import settle
from migsafe.executor.server.postmaster import read_pid
from migsafe.executor.shadow import scratch_server, templates
from migsafe.executor.shadow.database import session
from migsafe.executor.shadow.dumped import dump_schema
from migsafe.executor.shadow.failed import ScratchFailed
from migsafe.executor.shadow.from_target import shadow_of_target
from migsafe.planner.catalog_difference import difference
from migsafe.schemas.platform import Platform
from rehearsing import plan_of, rehearsed, scratch_folder, shadow_after, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.shadow import Scratch

TESTS = Path(__file__).parents[1]
TABLE = "CREATE TABLE t (id int);"
SLEEPS = "SELECT pg_sleep(60);"
REHEARSES = f"""
import sys
from pathlib import Path
from migsafe.executor.shadow import scratch_server
from rehearsing import rehearsed
with scratch_server(Path(sys.argv[1]), None) as scratch:
    print("begun", flush=True)
    print(rehearsed(scratch, [{TABLE!r}], sys.argv[2]).failure, flush=True)
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


def process(folder: Path, sql: str) -> subprocess.Popen[str]:
    """Another process that rehearses in the same project."""
    environment = {**os.environ, "PYTHONPATH": os.fspath(TESTS)}
    command = [sys.executable, "-c", REHEARSES, os.fspath(folder), sql]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def sleeping(scratch: Scratch) -> bool | None:
    """Whether a rehearsed statement sleeps now; None while none does."""
    return True if scratch.rows("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") else None


def works(folder: Path) -> bool:
    """Whether a rehearsal comes to its end."""
    with scratch_server(folder, None) as scratch:
        return rehearsed(scratch, [TABLE], "ALTER TABLE t ADD a int;").failure is None


def test_a_scratch_server_that_is_killed_ends_the_rehearsal_and_the_next_one_works(folder: Path) -> None:
    with scratch_server(folder, None) as scratch:
        pid = read_pid(settle(scratch.folder, server_account()).data)
        assert pid is not None

        def kill_when_it_sleeps() -> None:
            poll(lambda: sleeping(scratch), 30)
            os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_when_it_sleeps)
        killer.start()
        with pytest.raises(ScratchFailed) as caught:
            rehearsed(scratch, [TABLE], SLEEPS, timeout_ms=0)
        killer.join()
    assert "the target was not touched" in caught.value.what
    assert works(folder)


def test_a_session_that_the_server_ends_is_no_fault_of_the_migration(folder: Path) -> None:
    with scratch_server(folder, None) as scratch, pytest.raises(ScratchFailed):
        rehearsed(scratch, [TABLE], "SELECT pg_terminate_backend(pg_backend_pid());")


def test_a_full_disk_is_no_fault_of_the_migration(folder: Path) -> None:
    with scratch_server(folder, None) as scratch, pytest.raises(ScratchFailed, match="broke off"):
        rehearsed(scratch, [TABLE], "DO $$ BEGIN RAISE 'No space left on device' USING ERRCODE = 'disk_full'; END $$;")


def test_a_migsafe_that_is_killed_leaves_nothing_in_the_way(folder: Path) -> None:
    other = process(folder, SLEEPS)
    assert other.stdout is not None
    assert other.stdout.readline() == "begun\n"
    other.kill()
    other.communicate()
    assert works(folder)
    with scratch_server(folder, None) as scratch:
        names = {str(name) for (name,) in scratch.rows("SELECT datname FROM pg_database")}
    assert "shop" not in names


def test_two_rehearsals_at_once_both_come_to_their_end(folder: Path) -> None:
    others = [process(folder, f"ALTER TABLE t ADD at_once_{number} int;") for number in range(2)]
    assert [other.communicate()[0] for other in others] == ["begun\nNone\n"] * 2


def test_a_target_that_goes_away_after_its_dump_is_not_missed(folder: Path, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLE)
        name = connection.info.dbname
    dumped = dump_schema(database, Platform.POSTGRES)
    with session(make_conninfo(database, dbname="postgres")) as elsewhere:
        elsewhere.execute(f"DROP DATABASE {name}".encode())
    with scratch_server(folder, None) as scratch, shadow_of_target(scratch, wanted(), dumped) as shadow:
        evidence = rehearse(plan_of("ALTER TABLE t ADD a int;"), shadow, Script(difference, 1000))
    assert evidence.failure is None


def test_a_replication_slot_does_not_keep_a_shadow_for_ever(folder: Path) -> None:
    with scratch_server(folder, None) as scratch:
        text = "SELECT pg_create_logical_replication_slot('news', 'pgoutput');"
        assert rehearsed(scratch, [TABLE], text).failure is None
        with shadow_after(scratch, TABLE):
            assert scratch.rows("SELECT 1 FROM pg_replication_slots") == []
        templates.drop(scratch, "never there")
