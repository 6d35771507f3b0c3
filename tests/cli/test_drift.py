"""What somebody changed by hand since the last run is told in sentences; what changes by itself is no drift."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.cli.__main__ import main
from migsafe.executor.server.databases import create_database, drop_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.executor.server.embedded import Server

    Capture = pytest.CaptureFixture[str]

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
"""
SHOP = """\
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, total numeric DEFAULT 0);
CREATE TABLE spare (id int);
CREATE INDEX orders_user_idx ON orders (user_id);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON users FOR SELECT USING (name = 'me');
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
"""
BY_HAND = {
    "ALTER TABLE orders ADD note text": (
        "ALTER TABLE orders DROP note",
        {"table public.orders": ["column public.orders.note added, text, nullable"]},
    ),
    "ALTER TABLE users ALTER name DROP NOT NULL": (
        "ALTER TABLE users ALTER name SET NOT NULL",
        {"table public.users": ["column public.users.name allows NULL now"]},
    ),
    "ALTER POLICY mine ON users USING (true)": (
        "ALTER POLICY mine ON users USING (name = 'me')",
        {"table public.users": ["policy mine on public.users: USING changed from (name = 'me'::text) to true"]},
    ),
    "GRANT INSERT ON orders TO drifting_reader": (
        "REVOKE INSERT ON orders FROM drifting_reader",
        {"table public.orders": ["INSERT on table public.orders granted to drifting_reader"]},
    ),
    "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 2'": (
        "CREATE OR REPLACE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        {"function public.one()": ["function public.one(): body changed from SELECT 1 to SELECT 2"]},
    ),
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'orders_user_idx'::regclass": (
        "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'orders_user_idx'::regclass",
        {"table public.orders": ["index public.orders_user_idx became invalid"]},
    ),
    "ALTER TABLE orders OWNER TO drifting_reader": (
        "ALTER TABLE orders OWNER TO CURRENT_USER",
        {"table public.orders": ["table public.orders: owner changed from supabase_admin to drifting_reader"]},
    ),
    "COMMENT ON COLUMN users.name IS 'as they say'": (
        "COMMENT ON COLUMN users.name IS NULL",
        {"table public.users": ["column public.users.name: comment set to 'as they say'"]},
    ),
    "DROP TABLE spare": ("CREATE TABLE spare (id int)", {"table public.spare": ["table public.spare dropped"]}),
    "CREATE TABLE theirs (id int)": (
        "DROP TABLE theirs",
        {"table public.theirs": ["table public.theirs created, 1 column"]},
    ),
    "ALTER TABLE spare ADD a int; CREATE TABLE theirs (id int)": (
        "ALTER TABLE spare DROP a; DROP TABLE theirs",
        {
            "table public.spare": ["column public.spare.a added, integer, nullable"],
            "table public.theirs": ["table public.theirs created, 1 column"],
        },
    ),
}
NO_DRIFT = (
    "ANALYZE",
    "INSERT INTO users SELECT g, 'u' FROM generate_series(1, 500) g",
    "VACUUM users",
    "REINDEX TABLE orders",
    "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (id int)",
    "CREATE TEMPORARY TABLE passing (id int)",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one migration."""
    path = tmp_path_factory.mktemp("shop")
    (path / "migsafe.yaml").write_text(MANIFEST)
    (path / "migrations").mkdir()
    (path / "migrations" / "001_shop.sql").write_text(SHOP)
    return path


@pytest.fixture(scope="module")
def shop(server: Server, folder: Path) -> Iterator[str]:
    """A database in which the project was applied."""
    url = create_database(server, "drifting")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE drifting_reader")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("MIGSAFE_TEST_URL", url)
        assert applied() == 0
    yield url
    drop_database(server, "drifting")


@pytest.fixture
def at_shop(shop: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, in the project's folder."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIGSAFE_TEST_URL", shop)
    return shop


@pytest.fixture
def fresh(database: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty database as the target of the project."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return database


def applied() -> int:
    return main(["up", "--yes", "--skip-backup", "--i-accept-no-backup"])


def do(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())


def told(capsys: Capture, *arguments: str) -> tuple[int, dict[str, object]]:
    """The exit code of a command and the one document that it prints."""
    capsys.readouterr()
    code = main([*arguments, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return code, found


def sentences(report: object) -> dict[str, list[str]]:
    assert isinstance(report, dict)
    return {one["object"]: [change["sentence"] for change in one["changes"]] for one in report["objects"]}


@pytest.mark.parametrize("change", BY_HAND)
def test_a_change_by_hand_is_told_under_its_object(at_shop: str, change: str, capsys: Capture) -> None:
    back, said = BY_HAND[change]
    do(at_shop, change)
    try:
        code, report = told(capsys, "drift")
    finally:
        do(at_shop, back)
    assert (code, sentences(report)) == (9, said)


@pytest.mark.parametrize("change", NO_DRIFT)
def test_what_changes_by_itself_or_is_not_managed_is_no_drift(at_shop: str, change: str, capsys: Capture) -> None:
    do(at_shop, change)
    code, report = told(capsys, "drift")
    assert (code, report["objects"], report["notes"]) == (0, [], [])


@pytest.mark.usefixtures("at_shop")
def test_without_drift_it_says_since_when(capsys: Capture) -> None:
    assert main(["drift"]) == 0
    assert capsys.readouterr().out.startswith("no drift since 20")


def test_status_verifies_where_it_is_asked_to(at_shop: str, capsys: Capture) -> None:
    do(at_shop, "ALTER TABLE spare ADD extra int")
    try:
        assert told(capsys, "status")[1]["drift"] is None
        code, report = told(capsys, "status", "--verify")
        assert (code, list(sentences(report["drift"]))) == (9, ["table public.spare"])
        assert main(["status", "--verify"]) == 9
        assert "column public.spare.extra added" in capsys.readouterr().out
    finally:
        do(at_shop, "ALTER TABLE spare DROP extra")
    assert main(["status", "--verify"]) == 0


def test_the_applied_migrations_can_be_replayed_to_tell_drift(at_shop: str, capsys: Capture) -> None:
    assert told(capsys, "drift", "--against", "replay")[1]["objects"] == []
    do(at_shop, "ALTER TABLE spare ADD extra int")
    try:
        code, report = told(capsys, "drift", "--against", "replay")
        assert (code, report["against"], list(sentences(report))) == (9, "replay", ["table public.spare"])
    finally:
        do(at_shop, "ALTER TABLE spare DROP extra")
    assert main(["drift", "--against", "replay", "--accept"]) == 64


def test_drift_of_one_database_is_not_that_of_another(at_shop: str, database: str) -> None:
    do(database, "CREATE TABLE theirs (id int)")
    assert at_shop != database
    assert main(["drift"]) == 0


@pytest.mark.usefixtures("fresh")
def test_without_a_record_it_says_why_and_what_to_type(capsys: Capture) -> None:
    assert main(["drift"]) == 1
    said = capsys.readouterr().err
    assert "migsafe has not changed this database yet" in said
    assert "migsafe drift --accept" in said
    assert main(["status", "--verify"]) == 0
    assert "not verified" in capsys.readouterr().err


def test_what_is_accepted_is_how_it_should_be(fresh: str, capsys: Capture) -> None:
    assert applied() == 0
    do(fresh, "ALTER TABLE spare ADD extra int")
    code, report = told(capsys, "drift", "--accept", "--dry-run")
    assert (code, report["accepted"], list(sentences(report))) == (0, False, ["table public.spare"])
    assert main(["drift"]) == 9
    code, report = told(capsys, "drift", "--accept")
    assert (code, report["accepted"], list(sentences(report))) == (0, True, ["table public.spare"])
    code, report = told(capsys, "drift")
    assert (code, report["run"], report["objects"]) == (0, None, [])
    assert told(capsys, "status")[1]["ledger"] == "intact"


def test_a_target_that_another_tool_made_can_be_accepted_as_it_is(fresh: str, capsys: Capture) -> None:
    do(fresh, "CREATE TABLE older (id int)")
    assert main(["drift", "--accept"]) == 0
    assert main(["drift"]) == 0
    do(fresh, "DROP TABLE older")
    code, report = told(capsys, "drift")
    assert (code, sentences(report)) == (9, {"table public.older": ["table public.older dropped"]})


def test_a_base_that_moved_is_told_in_words(fresh: str, folder: Path, tmp_path: Path, capsys: Capture) -> None:
    assert applied() == 0
    second, plan = folder / "migrations" / "002_users.sql", tmp_path / "plan.json"
    second.write_text("ALTER TABLE users ADD COLUMN age int; ALTER TABLE spare ADD COLUMN age int;")
    try:
        assert main(["plan", "-o", str(plan)]) == 0
    finally:
        second.unlink()
    do(fresh, "ALTER TABLE users DROP COLUMN name CASCADE; DROP TABLE spare")
    code, report = told(capsys, "apply", str(plan), "--yes")
    assert (code, report["what"]) == (4, "public.spare was dropped, public.users was changed since the plan was made")
    assert report["why"] == (
        "column public.users.name dropped; policy mine on public.users dropped; table public.spare dropped"
    )


def test_a_plan_warns_of_drift_outside_of_what_it_touches(fresh: str, folder: Path, capsys: Capture) -> None:
    assert applied() == 0
    second = folder / "migrations" / "002_users.sql"
    second.write_text("ALTER TABLE users ADD COLUMN age int;")
    try:
        assert warned(capsys) == []
        do(fresh, "ALTER TABLE spare ADD extra int; ALTER TABLE users ADD by_hand int")
        assert warned(capsys) == [("warning", "public.spare", "column public.spare.extra added, integer, nullable")]
        assert applied() == 0
        assert main(["drift"]) == 0
    finally:
        second.unlink()


def warned(capsys: Capture) -> list[tuple[str, str, str]]:
    """Severity, object and detail of what a plan says of drift."""
    plan = told(capsys, "plan")[1]["plan"]
    assert isinstance(plan, dict)
    assert plan["verdict"]["allowed"]
    findings = [one for one in plan["findings"] if one["rule"] == "drift-outside-plan"]
    return [(one["severity"], one["object"], one["detail"]) for one in findings]


def test_a_ledger_that_was_changed_by_hand_is_not_believed(fresh: str, capsys: Capture) -> None:
    assert applied() == 0
    do(
        fresh,
        "ALTER TABLE migsafe.ledger DISABLE TRIGGER append_only;"
        "UPDATE migsafe.ledger SET body = '{}' WHERE kind = 'run_finished'",
    )
    assert main(["drift"]) == 1
    assert "changed by hand" in capsys.readouterr().err
    assert main(["drift", "--accept"]) == 9
