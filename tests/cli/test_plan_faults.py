"""What happens to the machine in the middle of `migsafe plan` ends it in one clear way, and the next plan works."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from migsafe.executor.server.account import server_account
from migsafe.executor.server.filelock import poll
from migsafe.executor.server.home import settle
from migsafe.executor.server.postmaster import Status, read_status
from migsafe.executor.shadow.scratch import scratch_server
from rehearsing import scratch_folder
from shop_project import ShopProject, shop_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = "CREATE TABLE users (id bigint PRIMARY KEY);"
SLEEPS = "SELECT pg_sleep(30);"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest.fixture
def shop(
    folder: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ShopProject:
    return shop_project(folder, database, monkeypatch, capsys)


def plan_process(*before: str) -> subprocess.Popen[str]:
    """`migsafe plan` as a process of its own, behind the words of another program."""
    command = [*before, sys.executable, "-P", "-m", "migsafe", "plan"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=120)
    return process.returncode, " ".join(said.split())


def scratch_status(folder: Path) -> Status | None:
    """Of the scratch server, once it is ready."""
    (shadow,) = (folder / ".migsafe" / "shadow").glob("[0-9]*") or [None]
    status = None if shadow is None else read_status(settle(shadow, server_account()).data)
    return status if status is not None and status.state == "ready" else None


def scratch_url(folder: Path, database: str = "migsafe_scratch") -> str:
    status = poll(lambda: scratch_status(folder), 60)
    assert status is not None
    host = quote(os.fspath(status.socket_dir), safe="")
    return f"postgresql:///{database}?host={host}&port={status.port}&user=supabase_admin&hostaddr="


def seen(folder: Path, what: str) -> bool:
    """Wait until the scratch server does something that `what` describes."""
    query = f"SELECT true FROM pg_stat_activity WHERE {what}"

    def look() -> bool | None:
        try:
            with psycopg.connect(scratch_url(folder), autocommit=True) as connection:
                return connection.execute(query.encode()).fetchone() is not None or None
        except psycopg.OperationalError:
            return None

    return poll(look, 60) is not None


def works(shop: ShopProject) -> bool:
    """Whether a good plan is rehearsed."""
    for file in (shop.folder / "migrations").iterdir():
        file.unlink()
    shop.write("001_users.sql", GOOD)
    plan = shop.told("plan")["plan"]
    return plan["evidence"] is not None and plan["evidence"]["failure"] is None


def test_a_scratch_server_that_is_killed_ends_the_plan(shop: ShopProject, folder: Path) -> None:
    assert works(shop)
    shop.write("002_sleeps.sql", SLEEPS)
    process = plan_process()
    assert seen(folder, "wait_event = 'PgSleep'")
    status = scratch_status(folder)
    assert status is not None
    os.kill(status.pid, signal.SIGKILL)
    code, said = ended(process)
    assert code == 1
    assert "the scratch server broke off the rehearsal; the target was not touched" in said
    assert works(shop)


def test_a_migration_that_sleeps_or_turns_for_ever_is_ended(shop: ShopProject) -> None:
    shop.manifest("rehearsal:\n  timeout: 300ms\n")
    for text in ("SELECT pg_sleep(1e9);", "DO $$ BEGIN LOOP END LOOP; END $$;"):
        shop.write("001_for_ever.sql", text)
        code, said = shop.run("plan")
        assert code == 3
        assert "it did not end within rehearsal.timeout" in said
    shop.manifest("")
    assert works(shop)


def test_two_plans_at_once_are_both_rehearsed(shop: ShopProject) -> None:
    shop.write("001_users.sql", GOOD)
    for code, said in [ended(process) for process in [plan_process(), plan_process()]]:
        assert (code, "rehearsed in" in said) == (0, True), said


def test_an_event_trigger_of_the_target_that_refuses_stops_the_plan(shop: ShopProject) -> None:
    shop.by_hand(
        "CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no tables on Fridays'; END $$;"
        "CREATE EVENT TRIGGER refused ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse()"
    )
    shop.write("001_users.sql", GOOD)
    code, said = shop.run("plan")
    assert code == 3
    assert "no tables on Fridays (SQLSTATE P0001;" in said


class Proxy:
    """A TCP door to the target's socket that can be shut for good."""

    def __init__(self, target: str) -> None:
        told = conninfo_to_dict(target)
        self._path = f"{told['host']}/.s.PGSQL.{told['port']}"
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port = self._door.getsockname()[1]
        self.refused = 0
        self._shut = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                guest, _ = self._door.accept()
            except OSError:
                return
            if self._shut.is_set():
                self.refused += 1
                guest.close()
                continue
            host = socket.socket(socket.AF_UNIX)
            host.connect(self._path)
            self._open += [guest, host]
            for one, other in ((guest, host), (host, guest)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while block := one.recv(65536):
                other.sendall(block)
        except OSError:
            pass
        for end in (one, other):
            end.close()

    def cut(self) -> None:
        """Let nobody in, and nobody speak."""
        self._shut.set()
        for end in self._open:
            end.close()

    def close(self) -> None:
        self.cut()
        self._door.close()


def test_a_target_that_goes_away_after_its_schema_was_read_is_not_missed(
    shop: ShopProject, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Proxy(shop.target)
    name = conninfo_to_dict(shop.target)["dbname"]
    url = f"postgresql://shop_owner@127.0.0.1:{proxy.port}/{name}?sslmode=disable&gssencmode=disable"
    monkeypatch.setenv("MIGSAFE_TEST_URL", url)
    shop.write("001_users.sql", GOOD + "\nSELECT pg_sleep(3);")
    process = plan_process()
    assert seen(folder, "application_name = 'migsafe rehearsal' AND datname <> 'migsafe_scratch'")
    proxy.cut()
    assert process.poll() is None
    code, said = ended(process)
    proxy.close()
    assert (code, "rehearsed in" in said) == (0, True), said


def test_a_target_that_goes_away_before_is_said_at_once(shop: ShopProject, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy(shop.target)
    proxy.cut()
    monkeypatch.setenv("MIGSAFE_TEST_URL", f"postgresql://shop_owner@127.0.0.1:{proxy.port}/x")
    shop.write("001_users.sql", GOOD)
    code, said = shop.run("plan")
    proxy.close()
    assert code == 1
    assert proxy.refused > 0
    assert "next:" in said


def test_a_plan_that_is_killed_while_a_template_is_copied_leaves_the_template_whole(
    shop: ShopProject, folder: Path
) -> None:
    """A session in the template keeps the copy waiting; the plan is killed meanwhile."""
    assert works(shop)
    with scratch_server(folder, None) as scratch:
        kept = scratch.rows("SELECT datname FROM pg_database WHERE datname LIKE 'migsafe_t_%' ORDER BY oid DESC")
    process = plan_process()
    url = scratch_url(folder, str(kept[0][0]))
    held: list[psycopg.Connection] = []
    try:
        held.append(psycopg.connect(url))
    finally:
        process.kill()
        process.communicate()
        for connection in held:
            connection.close()
    assert works(shop)


def test_a_kept_database_that_is_corrupt_is_made_anew(shop: ShopProject, folder: Path) -> None:
    assert works(shop)
    with scratch_server(folder, None) as scratch:
        kept = scratch.rows("SELECT oid FROM pg_database WHERE datname LIKE 'migsafe_t_%'")
        (home,) = {settle(scratch.folder, server_account())}
    for (oid,) in kept:
        for file in (home.data / "base" / str(oid)).glob("1*"):
            file.write_bytes(os.urandom(len(file.read_bytes())))
    assert works(shop)


@pytest.mark.parametrize("damaged", ["global/pg_control", "PG_VERSION", "postgresql.conf", "pg_wal"])
def test_a_scratch_server_whose_files_are_damaged_is_made_anew(shop: ShopProject, folder: Path, damaged: str) -> None:
    assert works(shop)
    with scratch_server(folder, None) as scratch:
        data = settle(scratch.folder, server_account()).data
    if (data / damaged).is_dir():
        shutil.rmtree(data / damaged)
    else:
        (data / damaged).write_bytes(b"\0" * 100)
    assert works(shop)


def mounted(*mount: str) -> tuple[str, ...]:
    """The words that run a program for which alone the commands `mount` were done.

    An ordinary user gets the right to mount from a user namespace, and its own number back from another one.
    """
    user, group = os.geteuid(), os.getegid()
    commands = " && ".join(mount)
    if user == 0:
        return ("unshare", "--mount", "sh", "-c", f'{commands} && exec "$@"', "sh")
    back = f'{commands} && exec unshare --user --map-user={user} --map-group={group} -- "$@"'
    return ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", back, "sh")


def require_mount(words: tuple[str, ...]) -> None:
    found = shutil.which("unshare")
    if found is None or subprocess.run([*words, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this system lets no process mount a file system for itself")


def test_a_disk_that_is_full_ends_the_plan_and_the_next_one_has_room(shop: ShopProject, folder: Path) -> None:
    assert works(shop)
    with scratch_server(folder, None) as scratch:
        home = settle(scratch.folder, server_account()).folder
    small = mounted(f"mount -t tmpfs -o size=140m,mode=0711 tmpfs {home}")
    require_mount(small)
    shop.write("002_fills.sql", "CREATE TABLE big AS SELECT repeat('x', 1900) FROM generate_series(1, 200000);")
    again = '"$@"; rm migrations/002_fills.sql; exec "$@"'
    code, said = ended(plan_process(*small, "sh", "-c", again, "sh"))
    assert code == 0, said
    assert said.count("the target was not touched") == 1, said
    first, second = said.split("the target was not touched")
    assert "the scratch server broke off the rehearsal" in first
    assert "No space left on device" in second
    assert "rehearsed in" in second


def test_a_state_folder_that_is_read_only_is_said(shop: ShopProject) -> None:
    assert works(shop)
    sealed = mounted("mount --bind .migsafe .migsafe", "mount -o remount,bind,ro .migsafe")
    require_mount(sealed)
    code, said = ended(plan_process(*sealed))
    assert code == 1
    assert "Read-only file system" in said
    assert "next:" in said
    assert "Traceback" not in said
