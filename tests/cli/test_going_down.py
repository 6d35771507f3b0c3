"""Undoing on the target: edited rollbacks, one that fails among several, dependents, and what others see meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from migsafe.cli.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

MANIFEST = """\
version: 1
project: shop
platform: postgres
rehearsal: {enabled: false}
database: {url_env: MIGSAFE_TEST_URL}
migrations: {folder: migrations}
backup: {before_apply: never}
"""
GATE = 4711
WAITS = f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {GATE} AND NOT granted"


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def write(project: Path, name: str, up: str, down: str) -> None:
    (project / "migrations" / f"{name}.sql").write_text(up)
    (project / "migrations" / "rollback" / f"{name}_down.sql").write_text(down)


def status(capsys: Capture) -> dict[str, Any]:
    capsys.readouterr()
    main(["status", "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def standings(capsys: Capture) -> dict[str, str]:
    return {each["file"]: each["standing"] for each in status(capsys)["migrations"]}


def test_where_the_second_of_three_rollbacks_fails_the_first_is_done_and_recorded(
    project: Path, database: str, capsys: Capture
) -> None:
    write(project, "001_users", "CREATE TABLE users (id int);", "DROP TABLE users;")
    write(project, "002_orders", "CREATE TABLE orders (id int);", "DROP TABLE order_lines;")
    write(project, "003_log", "CREATE TABLE log (id int);", "DROP TABLE log;")
    assert main(["up", "--yes"]) == 0
    assert main(["down", "--steps", "3", "--yes"]) == 7
    assert "migrations/rollback/002_orders_down.sql:1" in capsys.readouterr().err
    assert standings(capsys) == {"001_users.sql": "applied", "002_orders.sql": "applied", "003_log.sql": "pending"}
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT to_regclass('users'), to_regclass('orders'), to_regclass('log')").fetchone()
    assert row == ("users", "orders", None)
    write(project, "002_orders", "CREATE TABLE orders (id int);", "DROP TABLE orders;")
    assert main(["down", "--steps", "2", "--from-file", "--yes"]) == 0
    assert set(standings(capsys).values()) == {"pending"}


def test_what_depends_on_what_is_undone_is_named_and_nothing_changes(
    project: Path, database: str, capsys: Capture
) -> None:
    write(project, "001_users", "CREATE TABLE users (id int);", "DROP TABLE users;")
    assert main(["up", "--yes"]) == 0
    with psycopg.connect(database) as connection:
        connection.execute("CREATE VIEW by_hand AS SELECT id FROM users")
    assert main(["down", "--yes"]) == 7
    assert "view by_hand depends on table users" in capsys.readouterr().err
    assert standings(capsys) == {"001_users.sql": "applied"}


def test_only_the_newest_can_be_undone_unless_all_that_came_later_is_too(project: Path, capsys: Capture) -> None:
    write(project, "001_users", "CREATE TABLE users (id int);", "DROP TABLE users;")
    write(project, "002_view", "CREATE VIEW names AS SELECT id FROM users;", "DROP VIEW names;")
    assert main(["up", "--yes"]) == 0
    assert main(["down", "--to", "001", "--yes"]) == 0
    assert standings(capsys) == {"001_users.sql": "applied", "002_view.sql": "pending"}


POLICIES = "SELECT polname::text FROM pg_policy WHERE polrelid = 'notes'::regclass"
MAKE = """\
CREATE TABLE notes (id int, owner text);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user);
"""
CHANGE = "DROP POLICY own ON notes; CREATE POLICY own_or_mine ON notes USING (owner IN (current_user, 'all'));"
BACK = (
    "DROP POLICY own_or_mine ON notes; SELECT pg_advisory_xact_lock({gate});"
    " CREATE POLICY own ON notes USING (owner = current_user);"
)


def test_while_a_policy_is_changed_back_nobody_sees_a_moment_without_one(project: Path, database: str) -> None:
    """The rollback is held between its DROP and its CREATE; a second session looks, and later sees the old policy."""
    write(project, "001_notes", MAKE, "DROP TABLE notes;")
    write(project, "002_policy", CHANGE, BACK.format(gate=GATE))
    assert main(["up", "--yes"]) == 0
    with psycopg.connect(database, autocommit=True) as gate, psycopg.connect(database, autocommit=True) as other:
        gate.execute("SELECT pg_advisory_lock(%s)", [GATE])
        command = [sys.executable, "-m", "migsafe.cli", "down", "--yes"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as going:
            while gate.execute(WAITS).fetchone() != (1,):
                assert going.poll() is None
            assert other.execute(POLICIES).fetchall() == [("own_or_mine",)]
            gate.execute("SELECT pg_advisory_unlock(%s)", [GATE])
            assert going.wait() == 0
        assert other.execute(POLICIES).fetchall() == [("own",)]


def test_a_generated_rollback_changes_policies_back_in_one_transaction(project: Path, capsys: Capture) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST.replace("rehearsal: {enabled: false}\n", ""))
    write(project, "001_notes", MAKE, "DROP TABLE notes;")
    (project / "migrations" / "002_policy.sql").write_text(CHANGE)
    capsys.readouterr()
    assert main(["plan", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)["plan"]
    undo, evidence = plan["migrations"][1]["undo"], plan["evidence"]["migrations"][1]
    assert (undo["generated"], evidence["round_trip"]["outcome"]) == (True, "proven")
    assert [step["kind"] for step in undo["steps"]] == ["transaction"]
