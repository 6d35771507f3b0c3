"""The rehearsal through the command line: by default, skipped, failing, and compared with what apply leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from migsafe.cli.__main__ import main
from rehearsing import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

MANIFEST = """\
version: 1
project: shop
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
backup:
  before_apply: never
"""


OWNER = """
DO $$ BEGIN CREATE ROLE shop_owner LOGIN CREATEDB; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT EXECUTE ON FUNCTION pg_control_system() TO shop_owner;
ALTER DATABASE {} OWNER TO shop_owner;
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all tests, so that they share a scratch server's data."""
    with scratch_folder() as made:
        yield made


@pytest.fixture
def project(folder: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    (folder / "migsafe.yaml").write_text(MANIFEST)
    (folder / "migrations").mkdir(exist_ok=True)
    for file in (folder / "migrations").iterdir():
        file.unlink()
    write(folder, "001_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, mail text);")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIGSAFE_TEST_URL", make_conninfo(database, user="shop_owner"))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(OWNER.format(connection.info.dbname).encode())
    return folder


def write(project: Path, name: str, sql: str) -> None:
    (project / "migrations" / name).write_text(sql + "\n")


def told(capsys: Capture, *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    main([*arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def test_a_plan_carries_evidence_and_the_review_says_where_it_was_rehearsed(project: Path, capsys: Capture) -> None:
    assert main(["plan", "-o", "plan.json"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "rehearsed in" in shown
    assert "on PostgreSQL 17 with the target's schema" in shown
    assert "table public.users created, 2 columns" in shown
    assert json.loads((project / "plan.json").read_text())["evidence"]["shadow"]["same_major"] is True
    assert main(["apply", "plan.json", "--yes"]) == 0


def test_no_rehearsal_is_said_in_the_review_and_in_the_plan(project: Path, capsys: Capture) -> None:
    assert main(["plan", "--no-rehearsal", "-o", "plan.json"]) == 0
    assert "not rehearsed: --no-rehearsal was given" in capsys.readouterr().out
    plan = json.loads((project / "plan.json").read_text())
    assert (plan["evidence"], plan["not_rehearsed"]) == (None, "--no-rehearsal was given")


def test_a_migration_that_fails_on_the_shadow_refuses_the_plan_with_its_place(project: Path, capsys: Capture) -> None:
    write(project, "002_bad.sql", "SELECT 1;\nSELECT 1 / (SELECT 0);")
    assert main(["plan", "-o", "plan.json"]) == 3
    shown = " ".join(capsys.readouterr().out.split())
    assert "the rehearsal failed at migrations/002_bad.sql:2" in shown
    assert "division by zero (SQLSTATE 22012)" in shown
    assert main(["up", "--yes", "--force"]) == 3, "no force goes past what certainly fails"
    assert main(["apply", "plan.json", "--yes"]) == 3
    assert main(["up", "--yes", "--no-rehearsal"]) == 7


def test_what_the_target_has_and_no_migration_made_is_on_the_shadow_too(
    project: Path, database: str, capsys: Capture
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE by_hand (id int); ALTER TABLE by_hand OWNER TO shop_owner")
    write(project, "002_more.sql", "ALTER TABLE by_hand ADD note text;")
    assert main(["up", "--yes"]) == 0
    assert "public.by_hand.note added" in capsys.readouterr().out


def test_a_broken_query_of_the_application_becomes_a_finding(project: Path, capsys: Capture) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST + "impact:\n  queries: [queries.sql]\n")
    (project / "queries.sql").write_text("SELECT mail FROM users;\n")
    assert main(["up", "--yes"]) == 0
    write(project, "002_drop.sql", "ALTER TABLE users DROP COLUMN mail;")
    plan = told(capsys, "plan")["plan"]
    assert isinstance(plan, dict)
    rules = [finding["rule"] for finding in plan["migrations"][0]["findings"]]
    assert "query-breaks" in rules


@pytest.mark.usefixtures("project")
def test_a_target_that_comes_out_otherwise_than_rehearsed_is_drift(database: str, capsys: Capture) -> None:
    """A trigger of the superuser changes on the target what the migration makes, behind the plan's back."""
    assert main(["plan", "-o", "plan.json"]) == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS "
            "$$ BEGIN IF to_regclass('public.users') IS NOT NULL THEN"
            " COMMENT ON TABLE public.users IS 'meddled'; END IF; END $$;"
            "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION meddle()"
        )
    assert main(["apply", "plan.json", "--yes"]) == 9
    assert "public.users" in capsys.readouterr().err


def test_a_whole_history_is_tried_from_nothing_and_each_error_has_its_place(project: Path, capsys: Capture) -> None:
    assert main(["validate", "--rehearse"]) == 0
    write(project, "002_bad.sql", "SELECT 1 / (SELECT 0);")
    write(project, "003_good.sql", "CREATE TABLE good ();")
    write(project, "004_worse.sql", "\nSELECT * FROM nowhere;")
    capsys.readouterr()
    assert main(["validate"]) == 0
    report = told(capsys, "validate", "--rehearse")
    failed = [finding for finding in report["findings"] if finding["rule"] == "rehearsal-failed"]  # type: ignore[attr-defined]
    assert [(each["path"], each["line"]) for each in failed] == [
        ("migrations/002_bad.sql", 1),
        ("migrations/004_worse.sql", 2),
    ]
    assert report["passed"] is False
