"""The main job through the command line, on a real server."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migsafe.cli.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    Capture = pytest.CaptureFixture[str]
    Connect = Callable[[str], psycopg.Connection]

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
backup:
  keep: 2
"""
FILES = {
    "001_users.sql": ("CREATE TABLE users (id bigint PRIMARY KEY, fax text);", "DROP TABLE users;"),
    "002_orders.sql": (
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);",
        "DROP TABLE orders;",
    ),
    "003_orders_user_idx.sql": (
        "CREATE INDEX CONCURRENTLY orders_user_idx ON orders (user_id);",
        "DROP INDEX CONCURRENTLY orders_user_idx;",
    ),
}


def write(project: Path, name: str, up: str, down: str | None) -> None:
    (project / "migrations" / name).write_text(up + "\n")
    if down is not None:
        (project / "migrations" / "rollback" / name.replace(".sql", "_down.sql")).write_text(down + "\n")


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose target is an empty database, as the current folder."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    for name, (up, down) in FILES.items():
        write(tmp_path, name, up, down)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def run(*arguments: str) -> int:
    return main(list(arguments))


def told(capsys: Capture, *arguments: str) -> dict[str, object]:
    """The one JSON document that a command prints."""
    capsys.readouterr()
    run(*arguments, "--json")
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [str(name) for (name,) in rows]


def test_plan_apply_status_empty_plan_down_up(project: Path, database: str, connect: Connect, capsys: Capture) -> None:
    connection = connect(database)
    assert run("plan", "-o", "plan.json", "--detailed-exitcode") == 2
    assert (project / "plan.json").stat().st_mode & 0o777 == 0o600
    assert run("apply", "plan.json", "--yes") == 0
    assert tables(connection) == ["orders", "users"]
    assert told(capsys, "status")["pending"] == 0
    assert run("plan", "--detailed-exitcode") == 0
    assert run("down", "--steps", "2", "--yes") == 0
    assert tables(connection) == ["users"]
    assert run("up", "--yes") == 0
    assert tables(connection) == ["orders", "users"]
    assert told(capsys, "history")["kind"] == "history"
    assert (project / ".migration_history").read_text().count('"run"') == 3
    assert len(list((project / "backups").glob("*.sql"))) == 2


def test_a_long_plan_tells_the_gravest_before_it_asks_and_counts_the_rest(project: Path, capsys: Capture) -> None:
    for number in range(100, 120):
        write(project, f"{number}_more.sql", f"CREATE TABLE more_{number} (id int);", None)
    assert run("up", "--yes", "--skip-backup", "--i-accept-no-backup") == 0
    warned = [line for line in capsys.readouterr().err.splitlines() if line.startswith("  ! ")]
    assert len(warned) == 13
    assert warned[-1] == "  ! and 8 more, as the review says"


def test_a_plan_is_applied_once(project: Path) -> None:
    assert project.is_dir()
    assert run("plan", "-o", "plan.json") == 0
    assert run("apply", "plan.json", "--yes") == 0
    assert run("apply", "plan.json", "--yes") == 4


@pytest.mark.usefixtures("project")
def test_nothing_happens_where_nobody_can_be_asked(
    database: str, connect: Connect, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert run("up") == 3
    assert "--yes" in capsys.readouterr().err
    assert tables(connect(database)) == []


@pytest.mark.usefixtures("project")
def test_a_dry_run_leaves_nothing_behind(database: str, connect: Connect, capsys: Capture) -> None:
    found = told(capsys, "up", "--dry-run")
    assert found["dry_run"] is True
    assert tables(connect(database)) == []
    assert not Path("backups").exists()


@pytest.mark.usefixtures("project")
def test_up_stops_after_the_named_migration(database: str, connect: Connect) -> None:
    assert run("up", "--to", "001", "--yes") == 0
    assert tables(connect(database)) == ["users"]
    assert run("up", "--to", "001_nothing", "--yes") == 64


def test_skipping_the_backup_needs_its_own_word_and_is_recorded(project: Path, capsys: Capture) -> None:
    assert run("up", "--yes", "--skip-backup") == 3
    assert "--i-accept-no-backup" in capsys.readouterr().err
    assert run("up", "--yes", "--skip-backup", "--i-accept-no-backup") == 0
    assert not (project / "backups").exists()
    assert told(capsys, "status")["waived"]


def test_down_uses_the_recorded_rollback_and_shows_what_differs(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    assert run("up", "--to", "002", "--yes") == 0
    write(project, "002_orders.sql", FILES["002_orders.sql"][0], "DROP TABLE orders, users;")
    capsys.readouterr()
    assert run("down", "--yes") == 0
    assert "+DROP TABLE orders, users;" in capsys.readouterr().err
    assert tables(connect(database)) == ["users"]


def test_down_takes_the_script_when_told_to(project: Path, database: str, connect: Connect) -> None:
    assert run("up", "--to", "002", "--yes") == 0
    write(project, "002_orders.sql", FILES["002_orders.sql"][0], "ALTER TABLE orders RENAME TO old_orders;")
    assert run("down", "--from-file", "--yes") == 0
    assert tables(connect(database)) == ["old_orders", "users"]


def test_down_changes_nothing_when_one_of_several_cannot_be_undone(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    (project / "migrations" / "rollback" / "001_users_down.sql").unlink()
    assert run("up", "--yes") == 0
    assert run("down", "--steps", "3", "--yes") == 3
    assert "001_users.sql cannot be undone" in capsys.readouterr().err
    assert tables(connect(database)) == ["orders", "users"]


@pytest.mark.usefixtures("project")
def test_down_on_an_untouched_database_has_nothing_to_do(capsys: Capture) -> None:
    assert run("down", "--yes") == 0
    assert told(capsys, "down", "--yes")["steps"] == 0


def test_force_goes_past_policies_but_not_past_history(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    assert run("up", "--yes") == 0
    (project / "migsafe.yaml").write_text(MANIFEST + "policies:\n  max_risk: 1\n")
    write(project, "004_drop_fax.sql", "ALTER TABLE users DROP COLUMN fax;", None)
    assert run("up", "--yes") == 3
    assert run("plan", "-o", "plan.json") == 3
    assert run("apply", "plan.json", "--yes") == 3
    write(project, "001_users.sql", "CREATE TABLE users (id bigint);", None)
    assert run("up", "--yes", "--force") == 3
    write(project, "001_users.sql", *FILES["001_users.sql"])
    assert run("apply", "plan.json", "--yes", "--force") == 0
    columns = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'fax'"
    assert connect(database).execute(columns).fetchone() == (0,)
    assert "overruled" not in capsys.readouterr().err


def test_a_failing_migration_is_rolled_back_and_named(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    write(project, "002_orders.sql", "CREATE TABLE orders (id bigint);\nSELECT 1/0;", "DROP TABLE orders;")
    assert run("up", "--to", "002", "--yes") == 7
    assert "002_orders.sql:2" in capsys.readouterr().err
    assert tables(connect(database)) == ["users"]


def test_after_a_failure_that_left_nothing_half_done_the_mended_file_is_applied(
    project: Path, database: str, connect: Connect
) -> None:
    write(project, "002_orders.sql", "CREATE TABLE orders (id bigint);\nSELECT 1/0;", "DROP TABLE orders;")
    assert run("up", "--to", "002", "--yes") == 7
    write(project, "002_orders.sql", *FILES["002_orders.sql"])
    assert run("up", "--yes") == 0
    assert tables(connect(database)) == ["orders", "users"]


@pytest.mark.usefixtures("project")
def test_ctrl_c_while_a_lock_is_waited_for_ends_with_130_and_one_document(database: str, connect: Connect) -> None:
    assert run("up", "--to", "001", "--yes") == 0
    blocker = connect(database)
    with blocker.transaction():
        blocker.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")
        arguments = [sys.executable, "-m", "migsafe", "up", "--to", "002", "--yes", "--json"]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert any("waiting for" in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            printed, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(printed)["exit_code"] == 130
    assert tables(blocker) == ["users"]


def test_after_a_kill_status_names_the_kept_plan_and_up_goes_on(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    """The index is under construction when the process is killed: the lone step is recorded as begun."""
    assert run("up", "--to", "002", "--yes") == 0
    blocker = connect(database)
    with blocker.transaction():
        blocker.execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE")
        arguments = [sys.executable, "-m", "migsafe", "up", "--yes", "--verbose"]
        with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            assert any("create index" in line for line in process.stderr)
            process.kill()
    unfinished = told(capsys, "status")
    assert unfinished["unfinished"] is not None
    assert str(unfinished["next"]).startswith("migsafe apply .migsafe/plan-")
    assert run("up", "--yes") == 0
    assert told(capsys, "status")["unfinished"] is None
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_user_idx'::regclass"
    assert blocker.execute(valid).fetchone() == (True,)
    assert not list((project / ".migsafe").glob("plan-*"))


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_at_the_prompt_ends_the_run_and_changes_nothing(
    number: signal.Signals, code: int, database: str, connect: Connect
) -> None:
    ours, theirs = pty.openpty()
    arguments = [sys.executable, "-m", "migsafe", "up"]
    with subprocess.Popen(arguments, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b""
        while b"[y/N]" not in shown:
            shown += read_all(ours)
        process.send_signal(number)
        list(iter(lambda: read_all(ours), b""))
        assert process.wait(30) == code
    os.close(ours)
    assert tables(connect(database)) == []


def test_the_text_that_was_applied_can_be_shown_when_its_file_was_edited(project: Path, capsys: Capture) -> None:
    assert run("up", "--yes") == 0
    write(project, "001_users.sql", "CREATE TABLE users (id int);", "DROP TABLE users;")
    capsys.readouterr()
    assert run("show", "001") == 0
    assert capsys.readouterr().out == FILES["001_users.sql"][0] + "\n"
    assert told(capsys, "show", "001")["kind"] == "migration"


@pytest.mark.usefixtures("project")
def test_every_outcome_is_one_json_document(capsys: Capture) -> None:
    kinds = [
        told(capsys, *arguments)["kind"]
        for arguments in (
            ("plan",),
            ("up",),
            ("up", "--yes"),
            ("up", "--yes"),
            ("status",),
            ("history",),
            ("doctor",),
            ("backup",),
            ("backup", "list"),
            ("backup", "verify"),
            ("down", "--yes"),
            ("apply", "nothing.json"),
        )
    ]
    assert kinds == [
        *("plan", "problem", "apply", "apply", "status", "history", "doctor"),
        *("backup", "backup", "backup", "apply", "problem"),
    ]


@pytest.mark.usefixtures("project")
def test_what_reads_the_target_changes_nothing_there(database: str, connect: Connect) -> None:
    connection = connect(database)
    connection.execute(f'ALTER DATABASE "{connection.info.dbname}" SET default_transaction_read_only = on')
    assert [run(name) for name in ("plan", "status", "history", "validate")] == [0, 0, 0, 0]


@pytest.mark.usefixtures("project")
def test_a_person_is_asked_to_type_the_name_of_the_project_before_data_is_lost(database: str, connect: Connect) -> None:
    assert run("up", "--yes") == 0
    assert answered("down", "--to", "001", answer="y") == 1
    assert tables(connect(database)) == ["orders", "users"]
    assert answered("down", "--to", "001", answer="shop") == 0
    assert tables(connect(database)) == ["users"]


def answered(*arguments: str, answer: str) -> int:
    """The exit code of a command that runs on a terminal where somebody types an answer."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    with subprocess.Popen(
        [sys.executable, "-m", "migsafe", *arguments], stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL
    ) as process:
        os.close(theirs)
        drained = iter(lambda: read_all(ours), b"")
        list(drained)
        code = process.wait(60)
    os.close(ours)
    return code


def read_all(terminal: int) -> bytes:
    """What the terminal shows next; empty at its end, which Linux tells by EIO."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_project_without_a_database_runs_on_one_of_its_own(project: Path, capsys: Capture) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST.replace("database:\n  url_env: MIGSAFE_TEST_URL\n", ""))
    assert run("up", "--yes") == 0
    assert told(capsys, "status")["pending"] == 0
