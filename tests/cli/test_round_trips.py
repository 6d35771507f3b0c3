"""A migration without a rollback gets one that was tried, and `down` runs it on the target."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from migsafe.cli.__main__ import main
from migsafe.cli.flows import rehearsing
from rehearsing import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANIFEST = """\
version: 1
project: shop
platform: postgres
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
rehearsal:
  rows: 3
backup:
  before_apply: never
"""


@pytest.fixture
def project(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with scratch_folder() as folder:
        (folder / "migsafe.yaml").write_text(MANIFEST)
        (folder / "migrations").mkdir()
        (folder / "migrations" / "001_users.sql").write_text("CREATE TABLE users (id bigint PRIMARY KEY, mail text);\n")
        monkeypatch.chdir(folder)
        monkeypatch.setenv("MIGSAFE_TEST_URL", database)
        yield folder


def test_down_runs_the_generated_rollback_that_the_plan_showed(project: Path, database: str) -> None:
    assert main(["plan", "-o", "plan.json"]) == 0
    plan = json.loads((project / "plan.json").read_text())
    (migration,) = plan["migrations"]
    assert plan["evidence"]["migrations"][0]["round_trip"]["outcome"] == "proven"
    assert (migration["undo"]["generated"], migration["undo"]["undo_class"]) == (True, "loses-new-data")
    assert "DROP TABLE public.users;" in migration["undo"]["sql"]
    assert main(["apply", "plan.json", "--yes"]) == 0
    assert main(["down", "--yes"]) == 0
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT to_regclass('users')").fetchone() == (None,)


def rollback(project: Path, migration: str, text: str) -> None:
    (project / "migrations" / "rollback").mkdir(exist_ok=True)
    (project / "migrations" / "rollback" / f"{migration}_down.sql").write_text(text)


def migration(project: Path, name: str, text: str, down: str) -> None:
    (project / "migrations" / f"{name}.sql").write_text(text)
    rollback(project, name, down)


BAD = {
    "002_mail": ("CREATE INDEX by_mail ON users (mail);", "SELECT 1;"),
    "003_name": ("ALTER TABLE users ADD name text, ADD age int;", "ALTER TABLE users DROP name;"),
    "004_age": ("ALTER TABLE users ALTER mail SET DEFAULT 'x';", "SELECT 1;"),
    "005_drop": (
        "ALTER TABLE users DROP mail;",
        "ALTER TABLE users ADD mail text DEFAULT 'x'; CREATE INDEX by_mail ON users (mail);",
    ),
    "006_log": ("CREATE TABLE log (id int);", "DROP TABLE log;"),
}


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_validate_tries_every_rollback_and_refuses_what_does_not_restore(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (up, down) in BAD.items():
        migration(project, name, up, down)
    code, report = told(capsys, "validate", "--rehearse")
    assert code == 3
    outcomes = {each["file"]: (each["declared"] or each["generated"])["outcome"] for each in report["rollbacks"]}
    assert outcomes == {
        "001_users.sql": "proven",
        "002_mail.sql": "fails",
        "003_name.sql": "fails",
        "004_age.sql": "differs",
        "005_drop.sql": "loses-data",
        "006_log.sql": "proven",
    }
    found = {(each["path"], each["rule"]): each for each in report["findings"] if each["rule"].startswith("rollback-")}
    assert {key: each["severity"] for key, each in found.items()} == {
        ("migrations/002_mail.sql", "rollback-fails"): "error",
        ("migrations/003_name.sql", "rollback-fails"): "error",
        ("migrations/004_age.sql", "rollback-differs"): "error",
        ("migrations/005_drop.sql", "rollback-loses-data"): "warning",
        ("migrations/005_drop.sql", "rollback-differs"): "notice",
    }
    by_mail = found["migrations/004_age.sql", "rollback-differs"]["detail"]
    assert by_mail.startswith("migrations/rollback/004_age_down.sql: it leaves differences: column public.users.mail: ")
    assert any("rollback-fails in migrations/002_mail.sql:1" in reason for reason in report["reasons"])


def test_policies_and_exemptions_judge_rollbacks_as_everything_else(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("002_mail", "004_age"):
        migration(project, name, *BAD[name])
    statement = next(
        each["statement"]
        for each in told(capsys, "validate", "--rehearse")[1]["findings"]
        if each["line"] and each["path"].endswith("004_age.sql")
    )
    policies = f"""
policies:
  rules:
    rollback-fails: {{severity: warning}}
  exemptions:
    - rule: rollback-differs
      migration: 004_age
      statement: {statement}
      owner: ana
      reason: the default does no harm
      expires: 2099-01-01
"""
    (project / "migsafe.yaml").write_text(MANIFEST + policies)
    code, report = told(capsys, "validate", "--rehearse")
    assert (code, report["reasons"]) == (0, [])
    found = {each["rule"]: (each["severity"], bool(each["waiver"])) for each in report["findings"]}
    assert (found["rollback-fails"], found["rollback-differs"]) == (("warning", False), ("error", True))


def test_validate_says_what_came_of_rollbacks_as_text_and_for_a_pull_request(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("002_mail", "006_log"):
        migration(project, name, *BAD[name])
    words = "2 rollbacks undone and applied again: 1 proven, 1 fails"
    assert main(["validate", "--rehearse"]) == 3
    assert words in capsys.readouterr().out
    assert main(["validate", "--rehearse", "--format", "markdown"]) == 3
    assert words in capsys.readouterr().out


def test_what_changes_nothing_of_the_schema_and_has_no_rollback_is_said_to_be_untried(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "migrations" / "002_rows.sql").write_text("UPDATE users SET mail = lower(mail);")
    plan = told(capsys, "plan")[1]["plan"]
    trip = plan["evidence"]["migrations"][1]["round_trip"]
    assert (trip["outcome"], plan["migrations"][1]["undo"]["undo_class"]) == ("not-tried", "irreversible")
    assert trip["detail"] == "it has no rollback, and changed nothing from which one could be generated"


def test_what_takes_its_time_is_announced(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "migrations" / "002_log.sql").write_text("CREATE TABLE log (id int);")
    assert main(["plan"]) == 0
    assert "are rehearsed" not in capsys.readouterr().err
    monkeypatch.setattr(rehearsing, "_SOON_DONE", 1)
    assert main(["plan"]) == 0
    assert "2 migrations are rehearsed, and 2 of them undone and applied again." in capsys.readouterr().err
    assert main(["validate", "--rehearse"]) == 0
    assert "2 migrations on a scratch server: run, undone, and run again." in capsys.readouterr().err


def test_round_trips_can_be_switched_off(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    migration(project, "002_mail", *BAD["002_mail"])
    (project / "migsafe.yaml").write_text(MANIFEST.replace("rows: 3", "round_trips: false"))
    code, report = told(capsys, "validate", "--rehearse")
    assert (code, report["rollbacks"]) == (0, [])


def test_a_plan_warns_of_a_rollback_that_fails_and_refuses_it_where_one_is_required(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migration(project, "002_mail", *BAD["002_mail"])
    code, report = told(capsys, "plan")
    plan = report["plan"]
    undo = plan["migrations"][1]["undo"]
    assert (code, plan["verdict"]["allowed"], undo["undo_class"], undo["steps"]) == (0, True, "irreversible", [])
    found = {each["rule"]: each["severity"] for each in plan["migrations"][1]["findings"]}
    assert found["rollback-fails"] == "warning"
    assert plan["evidence"]["migrations"][1]["offered_round_trip"]["outcome"] == "proven"
    (project / "migsafe.yaml").write_text(MANIFEST + "rollbacks: {required: always}\n")
    code, report = told(capsys, "plan")
    assert code == 3
    assert "002_mail.sql has no usable rollback" in report["plan"]["verdict"]["reasons"][0]


@pytest.mark.parametrize(
    ("up", "down", "undo_class"),
    [
        ("CREATE INDEX by_mail ON users (mail);", "DROP INDEX by_mail;", "lossless"),
        ("CREATE INDEX by_mail ON users (mail);", None, "lossless"),
        ("ALTER TABLE users ADD age int;", "ALTER TABLE users DROP age;", "loses-new-data"),
        ("ALTER TABLE users ADD age int;", None, "loses-new-data"),
        ("ALTER TABLE users DROP mail;", "ALTER TABLE users ADD mail text;", "irreversible"),
        ("ALTER TABLE users DROP mail;", None, "irreversible"),
        (
            "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP mail'; END $$;",
            "ALTER TABLE users ADD mail text;",
            "irreversible",
        ),
        ("ALTER TABLE users DROP mail;", "ALTER TABLE users ADD post text;", "irreversible"),
    ],
)
def test_the_undo_class_is_the_measured_one(
    project: Path, capsys: pytest.CaptureFixture[str], up: str, down: str | None, undo_class: str
) -> None:
    """Declared or generated; a block that hides the drop does not hide it from the rehearsal."""
    (project / "migrations" / "002_change.sql").write_text(up)
    if down is not None:
        rollback(project, "002_change", down)
    undo = told(capsys, "plan")[1]["plan"]["migrations"][1]["undo"]
    assert (undo["undo_class"], undo["generated"]) == (undo_class, down is None)
