"""The embedded server: started, shared, killed, found again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.server import home as home_module
from migsafe.executor.server.account import server_account
from migsafe.executor.server.binaries import find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.filelock import poll
from migsafe.executor.server.postmaster import read_pid, runs_on
from migsafe.schemas import problem
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")

USER = """
import sys
from pathlib import Path
from migsafe.executor.server.embedded import embedded
def say(text): print(text, flush=True)
with embedded(Path(sys.argv[1]), on_message=say) as server:
    say("ready " + server.url("postgres"))
    sys.stdin.read()
"""
"""A program that uses the server of a state folder until its input ends."""


@dataclass(frozen=True)
class Process:
    """Another process that uses a server."""

    popen: subprocess.Popen[str]

    def hear(self) -> str:
        assert self.popen.stdout is not None
        return self.popen.stdout.readline().strip()

    def finish(self) -> int:
        assert self.popen.stdin is not None
        self.popen.stdin.close()
        return self.popen.wait(30)


@contextmanager
def another(state_dir: Path) -> Iterator[Process]:
    command = [sys.executable, "-c", USER, os.fspath(state_dir)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as popen:
        try:
            yield Process(popen)
        finally:
            popen.kill()


@pytest.fixture(scope="module")
def passable() -> Iterator[Path]:
    """A folder that the account of the server can pass through, unlike pytest's own when root runs it."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def state_dir(passable: Path) -> Path:
    """A state folder with a table `kept` that holds one row; no server runs on it between tests."""
    folder = passable / ".migsafe"
    with embedded(folder) as server:
        ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    return folder


def ask(server: Server, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def gone(pid: int, data: Path) -> bool:
    return poll(lambda: None if runs_on(pid, data) else True, 20) is True


def test_a_fresh_database_takes_utf8(
    server: Server, database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    row = connect(database).execute("SELECT upper('é'), current_setting('server_encoding')").fetchone()
    assert row == ("É" if server.installation.major >= 17 else "é", "UTF8")


def test_a_template_is_copied_with_what_is_in_it(server: Server, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE here (id int)")
    name = 'copy "of" ü?&%'
    with psycopg.connect(create_database(server, name, template=database[14:].split("?", maxsplit=1)[0])) as connection:
        assert connection.execute("SELECT to_regclass('here'), current_database()").fetchone() == ("here", name)
    drop_database(server, name)
    drop_database(server, name)


def test_data_survives_a_restart_and_is_kept_durably(state_dir: Path) -> None:
    with embedded(state_dir) as server:
        assert ask(server, "SELECT answer, current_setting('fsync') FROM kept") == [(42, "on")]
    assert read_pid(state_dir / "server" / "data") is None


def test_a_throwaway_server_does_not_wait_for_the_disk(server: Server) -> None:
    assert ask(server, "SELECT current_setting('fsync'), current_setting('synchronous_commit')") == [("off", "off")]


def test_nobody_else_gets_to_the_server(server: Server) -> None:
    assert server.socket_dir.stat().st_mode & 0o077 == 0
    assert ask(server, "SELECT current_setting('listen_addresses')") == [("",)]
    data = Path(str(ask(server, "SELECT current_setting('data_directory')")[0][0]))
    assert data.stat().st_mode & 0o077 == 0
    assert data.stat().st_uid != 0


def test_ctrl_c_at_the_terminal_does_not_reach_the_server(server: Server) -> None:
    data = Path(str(ask(server, "SELECT current_setting('data_directory')")[0][0]))
    pid = read_pid(data)
    assert pid is not None
    assert os.getsid(pid) != os.getsid(0)


def test_a_second_process_joins_and_the_first_waits_for_it(state_dir: Path) -> None:
    with another(state_dir) as first:
        assert first.hear().startswith("ready")
        with embedded(state_dir) as server:
            assert first.popen.stdin is not None
            first.popen.stdin.close()
            assert first.hear().startswith("Another migsafe process")
            assert ask(server, "SELECT answer FROM kept") == [(42,)]
        assert first.popen.wait(30) == 0
    assert read_pid(state_dir / "server" / "data") is None


def test_starts_at_once_make_one_server(passable: Path) -> None:
    folder = passable / "race"
    with another(folder) as one, another(folder) as two, another(folder) as three:
        urls = {process.hear() for process in (one, two, three)}
        assert len(urls) == 1
        assert urls.pop().startswith("ready")
        # All inputs end before any is waited for: the owner, whichever it is, waits for the others.
        for process in (one, two, three):
            assert process.popen.stdin is not None
            process.popen.stdin.close()
        assert [process.popen.wait(30) for process in (one, two, three)] == [0, 0, 0]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends it")
def test_the_server_ends_when_its_owner_is_killed(state_dir: Path) -> None:
    data = state_dir / "server" / "data"
    with another(state_dir) as owner:
        assert owner.hear().startswith("ready")
        pid = read_pid(data)
        owner.popen.kill()
        owner.popen.wait()
        assert pid is not None
        assert gone(pid, data)


def test_a_start_right_after_the_owner_was_killed_finds_the_data(state_dir: Path) -> None:
    with another(state_dir) as owner:
        assert owner.hear().startswith("ready")
        owner.popen.kill()
        owner.popen.wait()
        with embedded(state_dir) as server:
            assert ask(server, "SELECT answer FROM kept") == [(42,)]


def test_an_orphan_that_nobody_told_to_end_is_ended_by_the_next_start(state_dir: Path) -> None:
    data, account = state_dir / "server" / "data", server_account()
    postgres = find_server().program("postgres")
    command = [os.fspath(postgres), "-D", os.fspath(data), "-c", "listen_addresses=", "-k", os.fspath(data)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **account.identity) as orphan:
        assert poll(lambda: read_pid(data), 10) == orphan.pid
        with embedded(state_dir) as server:
            assert ask(server, "SELECT answer FROM kept") == [(42,)]
            assert orphan.wait(10) == 0


def test_a_killed_postmaster_is_recovered_from(state_dir: Path) -> None:
    with embedded(state_dir) as server:
        pid = read_pid(state_dir / "server" / "data")
        assert pid is not None
        with psycopg.connect(server.url("postgres"), autocommit=True):
            os.kill(pid, signal.SIGKILL)
    with embedded(state_dir) as server:
        assert ask(server, "SELECT answer FROM kept") == [(42,)]


def test_a_status_file_that_names_a_stranger_is_no_hindrance(state_dir: Path) -> None:
    data, account = state_dir / "server" / "data", server_account()
    with subprocess.Popen(["sleep", "60"], cwd="/", **account.identity) as stranger:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n5432\n/nowhere\n\n  1  1\nready   \n")
        account.own(data / "postmaster.pid")
        with embedded(state_dir) as server:
            assert ask(server, "SELECT answer FROM kept") == [(42,)]
        assert stranger.poll() is None
        stranger.kill()


def test_long_and_odd_paths_work(passable: Path) -> None:
    folder = passable / "with space, comma's" / 'ü"$(x)%20' / ("long" * 25) / ".migsafe"
    assert len(os.fsencode(folder)) > 150
    with embedded(folder, durability=Durability.THROWAWAY) as server:
        assert ask(server, "SELECT 1") == [(1,)]
        assert len(os.fsencode(server.socket_dir)) < 90
    assert not server.socket_dir.exists()


def test_what_a_killed_initdb_left_is_cleared_away(passable: Path) -> None:
    home = passable / "killed" / "server"
    (home / "data.new-killed" / "base").mkdir(parents=True)
    with embedded(home.parent, durability=Durability.THROWAWAY) as server:
        assert ask(server, "SELECT 1") == [(1,)]
    assert [path.name for path in home.glob("data*")] == ["data"]


def test_a_start_that_fails_quotes_the_log(state_dir: Path) -> None:
    with (
        pytest.raises(Problem, match="shared_buffers") as raised,
        embedded(state_dir, settings={"shared_buffers": "1"}),
    ):
        pass
    assert "server.log" in raised.value.remedy
    with embedded(state_dir) as server:
        assert ask(server, "SELECT 1") == [(1,)]


def test_data_of_another_major_is_left_alone(passable: Path) -> None:
    data = passable / "old" / "server" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(Problem, match="made by PostgreSQL 9"), embedded(passable / "old", installation=find_server()):
        pass
    with pytest.raises(Problem, match="no server of PostgreSQL 9"), embedded(passable / "old"):
        pass
    assert sorted(data.iterdir()) == [data / "PG_VERSION"]


def test_a_folder_that_cannot_be_made_is_a_problem(passable: Path) -> None:
    (passable / "file").write_text("")
    with pytest.raises(Problem, match="cannot use its folder"), embedded(passable / "file" / ".migsafe"):
        pass
    with pytest.raises(Problem, match="not a folder"), embedded(passable / "file"):
        pass


@as_root
def test_a_folder_of_somebody_else_is_refused(passable: Path) -> None:
    (passable / "foreign").mkdir()
    os.chown(passable / "foreign", 65534, 65534)
    with pytest.raises(Problem, match="belongs to another account"), embedded(passable / "foreign"):
        pass


@as_root
def test_an_ordinary_user_needs_nothing_of_root(passable: Path) -> None:
    folder, account = passable / "ordinary", server_account()
    # A Python in root's own folder is closed to others; the system's of the same version does as well.
    system = Path(f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    python = next((one for one in (Path(sys.executable), system) if one.exists() and account.runs(one)), None)
    if python is None:
        pytest.skip("that user can run no Python of this version")
    folder.mkdir()
    account.own(folder)
    roots = [str(Path(str(home_module.__file__)).parents[3]), str(Path(str(problem.__file__)).parents[2])]
    environment = {**os.environ, "HOME": "/nonexistent", "PYTHONPATH": os.pathsep.join([*sys.path, *roots])}
    answer = subprocess.run(
        [python, "-B", "-c", USER, folder / ".migsafe"],
        capture_output=True,
        text=True,
        input="",
        check=False,
        cwd="/",
        env=environment,
        **account.identity,
    )
    assert (answer.returncode, answer.stdout[:5]) == (0, "ready"), answer.stderr


@as_root
def test_a_project_under_a_closed_folder_keeps_its_data_outside(
    passable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its data follows the project when it moves, a copy of the project begins anew, and the closed folder stays so."""
    outside = passable / "outside"
    monkeypatch.setattr(home_module, "_OUTSIDE", outside)
    closed = passable / "closed"
    closed.mkdir(mode=0o700)
    with embedded(closed / "project" / ".migsafe") as server:
        ask(server, "CREATE TABLE mine ()")
        assert server.socket_dir.is_relative_to(outside)
    (closed / "project").rename(closed / "moved")
    with embedded(closed / "moved" / ".migsafe") as server:
        assert ask(server, "SELECT to_regclass('mine')::text") == [("mine",)]
    shutil.copytree(closed / "moved", closed / "copy")
    with embedded(closed / "copy" / ".migsafe", durability=Durability.THROWAWAY) as server:
        assert ask(server, "SELECT to_regclass('mine')::text") == [(None,)]
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_a_shadow_outside_goes_when_its_project_is_gone_and_data_of_people_stay(
    passable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would find it any more; but a project that is gone may have been moved, and wants its data there."""
    outside, closed = passable / "outside-of-shadows", passable / "closed-to-shadows"
    monkeypatch.setattr(home_module, "_OUTSIDE", outside)
    closed.mkdir(mode=0o700)
    for name in ("shadow", "used"):
        with embedded(closed / name / ".migsafe", durability=Durability.THROWAWAY):
            pass
    with embedded(closed / "mine" / ".migsafe"):
        pass
    with embedded(closed / "used" / ".migsafe", durability=Durability.THROWAWAY) as used:
        shutil.rmtree(closed / "shadow")
        (closed / "mine").rename(closed / "moved")
        (closed / "used").rename(closed / "elsewhere")
        with embedded(closed / "next" / ".migsafe"):
            assert ask(used, "SELECT 1") == [(1,)]
    left = {Path(made.read_text().strip()).parts[-2] for made in outside.glob("server-*/made-for")}
    assert left == {"mine", "used", "next"}


@as_root
def test_a_full_disk_is_named(passable: Path) -> None:
    mount = passable / "small"
    mount.mkdir()
    script = f"mount -t tmpfs -o size=20m,mode=711 none {mount} && exec {sys.executable} -c '{USER}' {mount}/.migsafe"
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("no private mounts here")
    answer = subprocess.run(
        ["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, input="", check=False
    )
    assert "MB are free on its disk" in answer.stderr
