"""Rows that decide, through the command line: plan tells, apply refuses, saved facts stand for the target."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from migsafe.cli.__main__ import main
from migsafe.schemas.problem import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
  before_apply: never
facts: {interval: 0ms, statement_timeout: 5s, sample_keys: true}
"""
CANARY = "canary@secret.example"


@pytest.fixture
def project(tmp_path: Path, database: str, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one applied migration, rows, and one pending migration that the rows decide."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "001_users.sql").write_text("CREATE TABLE users (id int PRIMARY KEY, email text);\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    assert main(["up", "--yes"]) == 0
    connect(database).execute("INSERT INTO users VALUES (1, %s), (2, NULL)", [CANARY])
    pending(tmp_path, "ALTER TABLE users ALTER email SET NOT NULL;")
    return tmp_path


def pending(project: Path, sql: str) -> None:
    (project / "migrations" / "002_next.sql").write_text(sql + "\n")


def told(capsys: Capture, *arguments: str) -> tuple[int, dict[str, object]]:
    """Exit code and the one JSON document."""
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def findings(plan: object) -> dict[str, str]:
    """Severity of each finding about rows."""
    assert isinstance(plan, dict)
    found = [finding for migration in plan["migrations"] for finding in migration["findings"]]
    return {one["rule"]: one["severity"] for one in found if one["rule"].startswith("data-")}


@pytest.mark.usefixtures("project")
def test_a_plan_that_would_fail_on_rows_is_refused(capsys: Capture) -> None:
    code, report = told(capsys, "plan", "-o", "plan.json")
    plan = report["plan"]
    assert isinstance(plan, dict)
    assert (code, findings(plan)) == (ExitCode.REFUSED, {"data-would-fail": "error"})
    (one,) = plan["preflights"]["answered"]
    assert one["result"] == {"kind": "found", "count": 1, "at_least": False, "sample": ["2"]}
    assert "email IS NULL" in one["preflight"]["count_sql"]
    main(["show", "plan.json"])
    assert "does a row of public.users have no value in email?" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("project")
def test_force_does_not_go_past_rows_that_fail(capsys: Capture, database: str, connect: Connect) -> None:
    main(["plan", "-o", "plan.json"])
    capsys.readouterr()
    assert main(["apply", "plan.json", "--force", "--yes"]) == ExitCode.REFUSED
    said = " ".join(capsys.readouterr().err.split())
    assert "would fail on rows that are in the target now; nothing was changed" in said
    assert "Yes, 1; such as (id) = (2)" in said
    connect(database).execute("UPDATE users SET email = 'x' WHERE id = 2")
    assert main(["apply", "plan.json", "--force", "--yes"]) == ExitCode.DONE


@pytest.mark.usefixtures("project")
def test_rows_that_came_after_the_plan_are_found_by_apply(capsys: Capture, database: str, connect: Connect) -> None:
    connection = connect(database)
    connection.execute("DELETE FROM users WHERE id = 2")
    assert main(["plan", "-o", "plan.json"]) == ExitCode.DONE
    connection.execute("INSERT INTO users VALUES (3, NULL)")
    for options in (["--yes"], ["--dry-run"]):
        capsys.readouterr()
        assert main(["apply", "plan.json", *options]) == ExitCode.REFUSED
        assert "(id) = (3)" in " ".join(capsys.readouterr().err.split())
    code, status = told(capsys, "status")
    assert (code, status["pending"], status["unfinished"]) == (0, 1, None)


def test_a_policy_may_let_it_fail(project: Path, capsys: Capture) -> None:
    (project / "migsafe.yaml").write_text(MANIFEST + "policies: {preflight: warn}\n")
    _, report = told(capsys, "plan", "-o", "plan.json")
    assert findings(report["plan"]) == {"data-would-fail": "warning"}
    assert main(["apply", "plan.json", "--yes"]) == ExitCode.ROLLED_BACK


def test_what_would_be_lost_raises_the_risk_and_stops_nothing(project: Path, capsys: Capture) -> None:
    pending(project, "ALTER TABLE users DROP COLUMN email;")
    _, report = told(capsys, "plan", "-o", "plan.json")
    assert findings(report["plan"]) == {"data-would-be-lost": "warning"}
    assert main(["apply", "plan.json", "--yes"]) == ExitCode.DONE


def test_a_backfill_in_the_migration_is_believed_and_tried(project: Path, capsys: Capture) -> None:
    pending(project, "UPDATE users SET email = '' WHERE email IS NULL; ALTER TABLE users ALTER email SET NOT NULL;")
    code, report = told(capsys, "plan", "-o", "plan.json")
    assert (code, findings(report["plan"])) == (0, {"data-to-be-settled": "notice"})
    assert main(["apply", "plan.json", "--yes"]) == ExitCode.DONE


def test_a_rollback_tells_what_it_would_lose_and_is_refused_where_it_would_fail(
    project: Path, capsys: Capture, database: str, connect: Connect
) -> None:
    pending(project, "ALTER TABLE users ADD nick text DEFAULT 'x';")
    (project / "migrations" / "rollback").mkdir()
    down = project / "migrations" / "rollback" / "002_next_down.sql"
    down.write_text("ALTER TABLE users DROP nick; ALTER TABLE users ALTER email SET NOT NULL;\n")
    assert main(["up", "--yes"]) == ExitCode.DONE
    capsys.readouterr()
    assert main(["down", "--yes"]) == ExitCode.REFUSED
    said = capsys.readouterr()
    assert "data-would-be-lost" in said.out
    assert "(id) = (2)" in " ".join(said.err.split())
    connect(database).execute("UPDATE users SET email = 'y' WHERE id = 2")
    assert main(["down", "--yes"]) == ExitCode.DONE


def test_saved_facts_give_the_same_judgement_without_a_connection(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, live = told(capsys, "plan")
    assert main(["facts", "-o", "facts.json"]) == 0
    monkeypatch.delenv("MIGSAFE_TEST_URL")
    code, saved = told(capsys, "plan", "--facts", "facts.json", "-o", "plan.json")
    assert code == ExitCode.REFUSED
    one, two = live["plan"], saved["plan"]
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    for shown in ("text", "markdown"):
        main(["plan", "--facts", "facts.json", "--format", shown])
        assert "the target itself was not asked" in capsys.readouterr().out
    assert two["saved_facts"] == json.loads((project / "facts.json").read_text())["taken_at"]
    assert one["saved_facts"] is None
    assert findings(one) == findings(two)
    for same in ("target", "base", "ledger_head", "history", "verdict", "risk"):
        if same not in {"verdict", "risk"}:  # the key of a row is told in the live one alone
            assert one[same] == two[same], same
    assert one["risk"]["score"] == two["risk"]["score"]


@pytest.mark.usefixtures("project")
def test_a_plan_from_saved_facts_is_applied_like_any_other(database: str, connect: Connect, capsys: Capture) -> None:
    connection = connect(database)
    connection.execute("DELETE FROM users WHERE id = 2")
    assert main(["facts", "-o", "facts.json"]) == 0
    assert main(["plan", "--facts", "facts.json", "-o", "plan.json"]) == 0
    connection.execute("ALTER TABLE users ADD other int")
    assert main(["apply", "plan.json", "--yes"]) == ExitCode.STALE
    connection.execute("ALTER TABLE users DROP other")
    capsys.readouterr()
    assert main(["facts", "-o", "facts.json"]) == 0
    assert main(["plan", "--facts", "facts.json", "-o", "plan.json"]) == 0
    assert main(["apply", "plan.json", "--yes"]) == ExitCode.DONE


def test_facts_hold_no_rows_no_texts_and_no_address(project: Path, database: str, capsys: Capture) -> None:
    code, report = told(capsys, "facts", "-o", "facts.json")
    text = (project / "facts.json").read_text()
    assert (code, report["kind"], report["file"]) == (0, "facts", "facts.json")
    assert stat.S_IMODE((project / "facts.json").stat().st_mode) == 0o600
    (answered,) = json.loads(text)["answered"]
    assert answered["result"]["sample"] is None
    assert CANARY not in text
    assert "CREATE TABLE users" not in text
    assert database not in text
    assert json.loads(text)["facts"]["live"]["tables"]


DEPENDENTS = """
CREATE VIEW addresses AS SELECT email FROM users;
CREATE POLICY own ON users USING (email = current_user);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER noted BEFORE UPDATE OF email ON users FOR EACH ROW EXECUTE FUNCTION noted();
ALTER TABLE users ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) STORED;
CREATE TABLE logins (user_id int REFERENCES users);
CREATE PUBLICATION feed FOR TABLE users;
"""


def test_saved_facts_name_what_depends_on_a_table(
    project: Path, capsys: Capture, database: str, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Views, policies, triggers, generated columns, functions, foreign keys and publications, without a connection."""
    connect(database).execute(DEPENDENTS)
    assert main(["facts", "-o", "facts.json"]) == 0
    monkeypatch.delenv("MIGSAFE_TEST_URL")
    pending(project, "ALTER TABLE users DROP COLUMN email;\nALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;")
    _, report = told(capsys, "plan", "--facts", "facts.json", "--no-rehearsal")
    plan = report["plan"]
    assert isinstance(plan, dict)
    said = {one["rule"]: one["detail"] for one in plan["migrations"][0]["findings"]}
    needy = ("the view public.addresses", "the policy own", "the trigger noted", "the generated column lower_email")
    assert [each for each in needy if each not in said["drop-refused-by-dependents"]] == []
    assert "of the publication feed" in said["drop-pk-replica-identity"]
    pending(project, "TRUNCATE users;\nDROP FUNCTION noted();")
    _, report = told(capsys, "plan", "--facts", "facts.json", "--no-rehearsal")
    plan = report["plan"]
    assert isinstance(plan, dict)
    said = {one["rule"]: one["detail"] for one in plan["migrations"][0]["findings"]}
    assert "logins" in said["truncate-referenced"]
    assert "the trigger noted of public.users needs the function noted" in said["drop-refused-by-dependents"]


def test_facts_that_were_changed_or_are_of_another_project_are_refused(project: Path, capsys: Capture) -> None:
    assert main(["facts", "-o", "facts.json"]) == 0
    whole = (project / "facts.json").read_text()
    (project / "facts.json").write_text(whole.replace('"project":"shop"', '"project":"shoq"'))
    assert main(["plan", "--facts", "facts.json"]) == ExitCode.STALE
    (project / "facts.json").write_text("[]")
    assert main(["plan", "--facts", "facts.json"]) == ExitCode.STALE
    assert main(["plan", "--facts", "nowhere.json"]) == ExitCode.ERROR
    (project / "facts.json").write_text(whole)
    (project / "migsafe.yaml").write_text(MANIFEST.replace("shop", "other"))
    capsys.readouterr()
    assert main(["plan", "--facts", "facts.json"]) == ExitCode.STALE
    assert "they were taken for shop" in " ".join(capsys.readouterr().err.split())


def test_a_dry_run_of_facts_writes_no_file(project: Path, capsys: Capture) -> None:
    assert main(["facts", "-o", "facts.json", "--dry-run"]) == 0
    assert not (project / "facts.json").exists()
    assert "Facts taken" in capsys.readouterr().out


CLASHES = {
    "CREATE TABLE users (id int PRIMARY KEY, mail text);": (
        "object-already-exists",
        "public.users is there already: it lacks mail; it has email besides",
    ),
    "CREATE TABLE users (id bigint PRIMARY KEY, email text);": (
        "object-already-exists",
        "public.users is there already: its id is int4, not int8",
    ),
    "CREATE TABLE users (id int PRIMARY KEY, email text);": (
        "object-already-exists",
        "public.users is there already: it has the same columns",
    ),
    "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, mail text);": (
        "if-not-exists-differs",
        "users is there already and stays as it is: it lacks mail; it has email besides",
    ),
    "ALTER TABLE users ADD COLUMN email text;": (
        "object-already-exists",
        "column email of public.users is there already",
    ),
    "DROP TABLE invoices;": ("object-missing", "public.invoices is not in the target"),
    "ALTER TABLE invoices ADD COLUMN note text;": ("object-missing", "public.invoices is not in the target"),
    "ALTER TABLE users DROP COLUMN mail;": ("object-missing", "column mail of public.users is not in the target"),
    "ALTER TABLE users RENAME COLUMN mail TO email2;": (
        "object-missing",
        "column mail of public.users is not in the target",
    ),
}


@pytest.mark.parametrize("sql", CLASHES)
def test_what_is_there_already_or_gone_is_told_with_the_difference(project: Path, capsys: Capture, sql: str) -> None:
    """From the catalog alone, before any rehearsal: what certainly fails refuses the plan."""
    pending(project, sql)
    rule, detail = CLASHES[sql]
    code, report = told(capsys, "plan", "--no-rehearsal")
    plan = report["plan"]
    assert isinstance(plan, dict)
    said = {one["rule"]: one["detail"] for one in plan["migrations"][0]["findings"]}
    assert said[rule] == detail
    assert (code == ExitCode.REFUSED) == (rule != "if-not-exists-differs")


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE IF EXISTS invoices;",
        "CREATE TABLE IF NOT EXISTS users (id serial, email text);",
        "CREATE TABLE invoices (id int PRIMARY KEY); ALTER TABLE invoices ADD COLUMN note text; DROP TABLE invoices;",
        "SET search_path = elsewhere, public; ALTER TABLE invoices ADD COLUMN note text;",
        "ALTER TABLE elsewhere.invoices ADD COLUMN note text;",
        "CREATE TEMP TABLE users (id int); ALTER TABLE users ADD COLUMN mail text; DROP TABLE users;",
    ],
)
def test_nothing_is_said_of_what_nobody_can_know(project: Path, capsys: Capture, sql: str) -> None:
    pending(project, sql)
    _, report = told(capsys, "plan", "--no-rehearsal")
    plan = report["plan"]
    assert isinstance(plan, dict)
    said = {one["rule"] for one in plan["migrations"][0]["findings"]}
    assert said & {"object-missing", "object-already-exists", "if-not-exists-differs"} == set()


def test_saved_facts_hold_what_drifted_and_a_plan_from_them_says_so(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    assert main(["facts", "-o", "before.json"]) == 0
    connect(database).execute("CREATE TABLE by_hand (id int)")
    assert main(["facts", "-o", "after.json"]) == 0
    (project / "migrations" / "002_next.sql").write_text("CREATE TABLE more (id int);\n")

    def drifted(file: str) -> list[str]:
        plan = told(capsys, "plan", "--facts", file)[1]["plan"]
        assert isinstance(plan, dict)
        return [each["object"] for each in plan["findings"] if each["rule"] == "drift-outside-plan"]

    assert drifted("before.json") == []
    assert drifted("after.json") == ["public.by_hand"]
