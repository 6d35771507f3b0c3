"""What a rehearsal measures, statement by statement, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.executor.rehearse import Script, rehearsal, rehearse
from migsafe.executor.rehearse.system_tables import SYSTEM_TABLES
from migsafe.executor.shadow.database import session
from migsafe.executor.survey import ABSENT
from migsafe.planner.catalog_difference import difference
from migsafe.schemas.impact import InFile, Query, Verdict
from migsafe.schemas.locks import Lock
from rehearsing import plan_of, rehearsed, scratch_for_tests, shadow_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.shadow import Scratch
    from migsafe.schemas.evidence import StatementEvidence

BEFORE = """
CREATE TABLE users (id bigint PRIMARY KEY, mail text NOT NULL);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, note text);
CREATE INDEX orders_note_idx ON orders (note);
CREATE VIEW notes AS SELECT id, note FROM orders;
CREATE FUNCTION twice(a int) RETURNS int LANGUAGE sql AS 'SELECT 2 * a';
CREATE TYPE mood AS ENUM ('sad', 'glad');
INSERT INTO users VALUES (1, 'a@b');
"""


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


def statements(scratch: Scratch, text: str) -> tuple[StatementEvidence, ...]:
    evidence = rehearsed(scratch, [BEFORE], text)
    assert evidence.failure is None
    return evidence.migrations[0].statements


def locks(statement: StatementEvidence) -> dict[str, Lock]:
    return {each.relation: each.lock for each in statement.measured}


def test_the_lock_of_each_relation_is_seen(scratch: Scratch) -> None:
    (one,) = statements(scratch, "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id);")
    assert locks(one)["public.orders"] is locks(one)["public.users"] is Lock.SHARE_ROW_EXCLUSIVE


def test_rewrites_and_rebuilt_indexes_are_seen(scratch: Scratch) -> None:
    one, two = statements(
        scratch,
        "DROP VIEW notes; ALTER TABLE orders ALTER COLUMN user_id TYPE int;",
    )
    assert not any(each.rewrite for each in one.measured)
    assert [each.rewrite for each in two.measured if each.relation == "public.orders"] == [True]
    (index,) = statements(scratch, "REINDEX INDEX orders_note_idx;")
    assert {each.indexes_rebuilt for each in index.measured} == {("public.orders_note_idx",)}


def test_scans_are_seen(scratch: Scratch) -> None:
    (one,) = statements(scratch, "ALTER TABLE users ADD CONSTRAINT long CHECK (length(mail) > 1);")
    assert [each.scan for each in one.measured] == [True]


def test_a_scan_of_an_earlier_transaction_is_not_told_again(scratch: Scratch) -> None:
    """The server may count on from it: it reports what sessions count at most once a second."""
    evidence = rehearsed(scratch, [BEFORE], "UPDATE users SET mail = '';", "INSERT INTO users VALUES (7, '');")
    first, second = (migration.statements[0].measured for migration in evidence.migrations)
    assert [each.scan for each in first if each.relation == "public.users"] == [True]
    assert [each.scan for each in second if each.relation == "public.users"] == [False]


def test_a_renamed_table_is_known_by_its_new_name(scratch: Scratch) -> None:
    one, two = statements(scratch, "ALTER TABLE users RENAME TO people; UPDATE people SET mail = '';")
    assert locks(one) == {"public.users": Lock.ACCESS_EXCLUSIVE}
    assert {each.relation: each.scan for each in two.measured} == {"public.people": True}


def test_the_numbers_of_the_system_tables_are_those_of_the_server(scratch: Scratch) -> None:
    with shadow_after(scratch) as shadow, session(shadow.url) as connection:
        asked = "SELECT oid::bigint, relname FROM pg_class WHERE oid < 16384 AND relname = ANY(%s)"
        found = dict(connection.execute(asked, [list(SYSTEM_TABLES.values())]).fetchall())
    assert found == SYSTEM_TABLES


def test_a_lock_that_the_transaction_held_before_is_not_told_again(scratch: Scratch) -> None:
    one, two = statements(scratch, "ALTER TABLE users ADD a int; ALTER TABLE users ADD b int;")
    assert locks(one) == {"public.users": Lock.ACCESS_EXCLUSIVE}
    assert locks(two) == {}


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("ALTER TABLE orders ADD extra text;", "column public.orders.extra added, text, nullable"),
        ("DROP VIEW notes;", "view public.notes dropped"),
        ("DROP INDEX orders_note_idx;", "index public.orders_note_idx dropped"),
        ("DROP FUNCTION twice(int);", "function public.twice(a integer) dropped"),
        ("ALTER TYPE mood ADD VALUE 'calm';", "enum public.mood"),
        ("COMMENT ON COLUMN users.mail IS 'where';", "column public.users.mail: comment set to 'where'"),
        ("GRANT SELECT ON users TO pg_monitor;", "pg_monitor"),
        ("CREATE SCHEMA app; ", "schema app created"),
        (
            "DO $$ BEGIN ALTER TABLE users ADD hidden int; EXCEPTION WHEN others THEN NULL; END $$;",
            "users.hidden added",
        ),
        ("CREATE DOMAIN word AS text CHECK (VALUE <> '');", "domain public.word created"),
        ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;", "default privileges"),
        ("CREATE PUBLICATION news FOR TABLE users;", "publication news created"),
        ("ALTER TABLE users ALTER mail DROP NOT NULL;", "column public.users.mail"),
        ("CREATE INDEX CONCURRENTLY quick ON users (mail);", "index public.quick created"),
    ],
)
def test_the_change_of_the_catalog_is_told_in_words(scratch: Scratch, sql: str, sentence: str) -> None:
    (one,) = statements(scratch, sql)
    assert any(sentence in change for change in one.changes), one.changes


def test_statements_that_change_nothing_tell_nothing(scratch: Scratch) -> None:
    one, two = statements(scratch, "SELECT 1; UPDATE users SET mail = 'c@d';")
    assert one.changes == two.changes == ()
    assert locks(two) == {"public.users": Lock.ROW_EXCLUSIVE}


def test_a_statement_outside_a_transaction_is_asked_by_standing_in_its_way(scratch: Scratch) -> None:
    (one,) = statements(scratch, "CREATE INDEX CONCURRENTLY quick ON users (mail);")
    assert locks(one) == {"public.users": Lock.SHARE_UPDATE_EXCLUSIVE}


def test_notices_time_and_wal_are_told(scratch: Scratch) -> None:
    (one,) = statements(
        scratch, "DO $$ BEGIN RAISE NOTICE 'hello'; PERFORM pg_sleep(0.02); INSERT INTO users VALUES (2, ''); END $$;"
    )
    assert one.notices == ("NOTICE: hello",)
    assert one.duration_ms >= 20
    assert 0 < one.wal_bytes < 10_000


def test_base_and_expected_shapes_are_those_of_what_changed(scratch: Scratch) -> None:
    evidence = rehearsed(
        scratch, [BEFORE], "ALTER TABLE orders ADD x int; DROP FUNCTION twice(int); CREATE TABLE n ();"
    )
    base = {one.object: one.fingerprint for one in evidence.base}
    expected = {one.object: one.fingerprint for one in evidence.expected}
    assert base.keys() == expected.keys() == {"public.orders", "public.n", "function public.twice(a integer)"}
    assert base["public.n"] == expected["function public.twice(a integer)"] == ABSENT


def test_a_migration_that_fails_says_where_and_what_the_server_said(scratch: Scratch) -> None:
    evidence = rehearsed(
        scratch, [BEFORE], "SELECT 1;", "CREATE TABLE m ();\nALTER TABLE users\n  ADD missing_type nonsense;"
    )
    failure = evidence.failure
    assert failure is not None
    assert (failure.path, failure.line, failure.column) == ("migrations/0501_change.sql", 3, 20)
    assert "nonsense" in failure.what
    assert "42704" in failure.why
    assert [each.file for each in evidence.migrations] == ["0500_change.sql", "0501_change.sql"]
    assert evidence.expected == ()


def test_a_migration_that_sleeps_for_ever_is_ended(scratch: Scratch) -> None:
    evidence = rehearsed(scratch, [BEFORE], "SELECT pg_sleep(600);", timeout_ms=100)
    assert evidence.failure is not None
    assert "rehearsal.timeout" in evidence.failure.remedy


@pytest.mark.parametrize(
    ("sql", "advice"),
    [
        ("ALTER TABLE made_in_a_dashboard ADD COLUMN a int;", "supabase db pull"),
        ("SELECT cron.schedule('a', '* * * * *', '');", "CREATE EXTENSION"),
        ("CREATE TABLE t (id bigint);\nCREATE TABLE t (id bigint);", "an earlier migration makes it too"),
        (
            "CREATE TABLE p (id int PRIMARY KEY);\nCREATE TABLE c (p int REFERENCES p);\nINSERT INTO c VALUES (1);",
            "rows",
        ),
        ("DO $$ BEGIN RAISE EXCEPTION 'no admin'; END $$;", "--no-rehearsal"),
    ],
)
def test_a_failure_says_what_may_be_done_about_it(scratch: Scratch, sql: str, advice: str) -> None:
    evidence = rehearsed(scratch, [BEFORE], sql)
    assert evidence.failure is not None
    assert advice in evidence.failure.remedy


def test_an_event_trigger_that_refuses_is_told_as_the_migrations_failure(scratch: Scratch) -> None:
    """On a platform only its own roles make them; here one that the superuser made stands in the template."""
    import psycopg  # noqa: PLC0415 - only here

    with shadow_after(scratch, BEFORE) as shadow:
        with psycopg.connect(shadow.watcher_url, autocommit=True) as connection:
            connection.execute(
                "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not here'; END $$;"
                "CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no()"
            )
        evidence = rehearse(plan_of("CREATE TABLE x ();"), shadow, Script(difference, 1000))
    assert evidence.failure is not None
    assert "not here" in evidence.failure.what


def test_a_query_that_breaks_is_told_with_the_statement_that_did_it(scratch: Scratch) -> None:
    query = Query(sql="SELECT note FROM orders", origin=InFile(kind="file", path="q.sql", line=1), obstacle="")
    fine = Query(sql="SELECT id FROM orders", origin=InFile(kind="file", path="q.sql", line=2), obstacle="")
    with shadow_after(scratch, BEFORE) as shadow:
        plan = plan_of("DROP VIEW notes;\nALTER TABLE orders DROP COLUMN note;")
        evidence = rehearse(plan, shadow, Script(difference, 1000, (query, fine)))
    (impact,) = evidence.impacts
    assert (impact.verdict, evidence.queries) == (Verdict.BROKEN, 2)
    assert impact.because is not None
    assert impact.because.line == 2


def test_a_large_plan_tells_each_change_at_the_statement_that_touched_its_object_last(
    scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its catalog is read before and after all, which is many times faster."""
    monkeypatch.setattr(rehearsal, "MOST_READ", 2)
    told = statements(
        scratch,
        "ALTER TABLE users ADD a int; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE n ();"
        "CREATE INDEX ON users (a); CREATE INDEX CONCURRENTLY late ON orders (user_id);",
    )
    assert [len(each.changes) for each in told] == [0, 1, 1, 2, 1]
    assert told[4].changes[0].startswith("index public.late created")
