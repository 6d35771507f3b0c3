"""Quarantine through the command line: plan, up with a rehearsal, status, down, purge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.cli.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

MANIFEST = """\
version: 1
project: shop
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
rehearsal:
  enabled: {rehearsed}
policies:
  destructive: quarantine
"""


def write(project: Path, name: str, up: str, down: str) -> None:
    (project / "migrations" / name).write_text(up + "\n")
    (project / "migrations" / "rollback" / name.replace(".sql", "_down.sql")).write_text(down + "\n")


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that keeps what it drops, with two tables in the target."""
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    (tmp_path / "migsafe.yaml").write_text(MANIFEST.format(rehearsed="false"))
    make = "CREATE TABLE users (id bigint PRIMARY KEY, fax text NOT NULL);\nCREATE TABLE logs (id int);"
    write(tmp_path, "001_make.sql", make, "DROP TABLE users, logs;")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    assert main(["up", "--yes"]) == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("INSERT INTO users VALUES (1, 'one'); INSERT INTO logs VALUES (7)")
    drop = "ALTER TABLE users DROP COLUMN fax;\nDROP TABLE logs;"
    write(
        tmp_path, "002_drop.sql", drop, "CREATE TABLE logs (id int);\nALTER TABLE users ADD COLUMN fax text NOT NULL;"
    )
    return tmp_path


def value(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def document(capture: Capture) -> dict[str, object]:
    told = json.loads(capture.readouterr().out)
    assert isinstance(told, dict)
    return told


@pytest.mark.usefixtures("project")
def test_the_review_says_what_is_kept_and_down_brings_it_back(database: str, capsys: Capture) -> None:
    assert main(["plan", "-o", "plan.json"]) == 0
    review = capsys.readouterr().out
    assert "kept in quarantine for at least 30 days" in review
    assert "instead of: DROP TABLE logs;" in review
    assert "loses data" not in review
    assert main(["apply", "plan.json", "--yes"]) == 0
    assert main(["status"]) == 0
    assert "2 dropped objects in quarantine" in capsys.readouterr().out
    assert main(["down", "--yes"]) == 0
    assert value(database, "SELECT fax FROM users") == "one"
    assert value(database, "SELECT id FROM logs") == 7


def test_purge_lists_refuses_what_is_young_and_then_drops_for_good(
    project: Path, database: str, capsys: Capture
) -> None:
    assert main(["up", "--yes"]) == 0
    capsys.readouterr()
    assert main(["purge", "--dry-run", "--json"]) == 0
    told = document(capsys)
    assert isinstance(told["kept"], list)
    assert [each["entry"]["object"]["table"] for each in told["kept"]] == ["public.users", "public.logs"]
    assert told["chosen"] == []
    assert main(["purge", "logs", "--yes"]) == 3
    assert "has not been kept for 30 days" in " ".join(capsys.readouterr().err.split())
    assert main(["purge", "logs", "--yes", "--force"]) == 0
    assert value(database, "SELECT count(*) FROM pg_class WHERE relnamespace = 'migsafe_quarantine'::regnamespace") == 0
    assert list((project / "backups").iterdir())
    capsys.readouterr()
    assert main(["down", "--yes"]) == 3
    assert "table public.logs was purged" in " ".join(capsys.readouterr().err.split())
    assert main(["down", "--yes", "--force"]) == 0
    assert value(database, "SELECT fax FROM users") == "one"
    assert value(database, "SELECT count(*) FROM logs") == 0
    assert main(["purge", "--older-than", "0d", "--yes"]) == 0
    assert "Nothing is in quarantine" in capsys.readouterr().out


@pytest.mark.usefixtures("project")
def test_a_column_that_is_purged_is_gone_and_history_tells(database: str, capsys: Capture) -> None:
    assert main(["up", "--yes"]) == 0
    assert main(["purge", "--older-than", "0s", "--yes", "--force"]) == 0
    assert value(database, "SELECT count(*) FROM information_schema.columns WHERE table_name = 'users'") == 1
    capsys.readouterr()
    assert main(["history"]) == 0
    assert "purge" in capsys.readouterr().out
    assert main(["plan", "--detailed-exitcode"]) == 0


def test_what_is_kept_is_rehearsed_and_stands_on_the_shadow_of_later_plans(project: Path, capsys: Capture) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST.format(rehearsed="true"))
    assert main(["up", "--yes"]) == 0, capsys.readouterr().err
    write(project, "003_more.sql", "ALTER TABLE users ADD COLUMN fax int;", "ALTER TABLE users DROP COLUMN fax;")
    capsys.readouterr()
    assert main(["plan", "-o", "plan.json"]) == 0
    plan = json.loads((project / "plan.json").read_text())
    assert plan["evidence"]["failure"] is None
    assert not [each for each in plan["findings"] if each["rule"] == "shadow-differs"]


def test_a_missing_rollback_is_not_noticed_of_what_is_kept(project: Path, capsys: Capture) -> None:
    (project / "migrations" / "rollback" / "002_drop_down.sql").unlink()
    capsys.readouterr()
    assert main(["plan", "--json"]) == 0
    assert "irreversible-without-down" not in capsys.readouterr().out
    (project / "migsafe.yaml").write_text(MANIFEST.format(rehearsed="false").replace("quarantine", "allow"))
    assert main(["plan", "--json"]) == 0
    assert "irreversible-without-down" in capsys.readouterr().out
