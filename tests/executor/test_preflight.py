"""Preflights on real rows: each question finds what makes its statement fail or lose data, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.preflight import run_preflights
from migsafe.executor.survey import survey
from migsafe.planner.parse import parse
from migsafe.planner.preflights import Known, questions
from migsafe.planner.schema_state import of_target
from migsafe.planner.transactions import Wrapping, divide
from migsafe.schemas.live import Sampling
from migsafe.schemas.preflight import Clear, Consequence, Found, Hazard, Preflight, Refused, TimedOut, Unasked

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.schemas.preflight import Answered

    Connect = Callable[[str], psycopg.Connection]

QUICK = Sampling(interval=0, statement_timeout=5_000)

SHOP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TYPE mood AS ENUM ('glad', 'sad');
CREATE DOMAIN percent AS int;
CREATE DOMAIN short AS text CHECK (length(VALUE) < 5);
CREATE TABLE users (id bigint PRIMARY KEY, email text, nick varchar(20), mood mood);
CREATE TABLE orders (
    id int, line int, user_id bigint, total numeric, note text, big bigint, at timestamptz, off percent,
    PRIMARY KEY (id, line));
CREATE TABLE bookings (id int PRIMARY KEY, room int, during int4range);
CREATE TABLE "Odd ""table" ("Key" int PRIMARY KEY, "a b" text);
CREATE TABLE empty (id int PRIMARY KEY, a int);
CREATE TABLE events (at int, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE events_old (at int, kind text);
CREATE TABLE kinds (kind text) PARTITION BY LIST (kind);
CREATE TABLE kinds_old (kind text);
CREATE TABLE spread (k int) PARTITION BY HASH (k);
CREATE TABLE spread_old (k int);
CREATE TABLE measures (id int PRIMARY KEY, f float8, answer text);
INSERT INTO kinds_old VALUES ('a'), ('z'), (NULL);
INSERT INTO spread_old SELECT generate_series(1, 100);
INSERT INTO measures VALUES (1, 'NaN', 'yes'), (2, 1e300, 'maybe'), (3, 1, NULL);
INSERT INTO users VALUES (1, 'a@x', 'ann', 'glad'), (2, 'a@x', 'bartholomew', 'sad'), (3, NULL, NULL, NULL);
INSERT INTO orders VALUES
    (1, 1, 1, 10.50, '17', 5, '2024-01-01 10:00Z', 10), (1, 2, 9, 123456.789, 'x7', 5000000000, '2024-01-02Z', 120),
    (2, 1, NULL, -1, NULL, NULL, NULL, NULL);
INSERT INTO bookings VALUES (1, 1, '[1,5)'), (2, 1, '[4,9)'), (3, 2, '[4,9)');
INSERT INTO "Odd ""table" VALUES (7, NULL);
INSERT INTO events VALUES (5, 'a'), (500, 'b');
INSERT INTO events_old VALUES (1, 'a'), (99, 'b');
ANALYZE;
"""


@pytest.fixture
def shop(database: str, connect: Connect) -> psycopg.Connection:
    connection = connect(database)
    connection.execute(SHOP.encode())
    return connection


def asked(connection: psycopg.Connection, sql: str) -> tuple[Preflight | Unasked, ...]:
    """The questions of a migration for the database as it stands."""
    facts = survey(connection, ("public",))
    known = Known(of_target(facts.relations, ("public",)), facts.catalog, facts.session.server_version)
    return questions([divide(parse(sql.encode(), "migrations/1_a.sql"), Wrapping.TRANSACTION)], known)


def answers(connection: psycopg.Connection, sql: str, sampling: Sampling = QUICK) -> tuple[Answered, ...]:
    found = [one for one in asked(connection, sql) if isinstance(one, Preflight)]
    return run_preflights(connection, found, sampling)


def told(connection: psycopg.Connection, sql: str) -> list[tuple[str, str, int, tuple[str, ...] | None]]:
    """Hazard, consequence, count and key of everything that was found."""
    results = []
    for one in answers(connection, sql):
        assert not isinstance(one.result, Refused | TimedOut), one
        if isinstance(one.result, Found):
            results.append(
                (one.preflight.hazard.value, one.preflight.consequence.value, one.result.count, one.result.sample)
            )
    return results


FAILING = [
    ("ALTER TABLE users ALTER email SET NOT NULL", "nulls", 1, ("3",)),
    ('ALTER TABLE "Odd ""table" ALTER "a b" SET NOT NULL', "nulls", 1, ("7",)),
    ("CREATE UNIQUE INDEX ON users (email)", "duplicates", 1, ("1",)),
    ("CREATE UNIQUE INDEX CONCURRENTLY ON users (lower(email))", "duplicates", 1, ("1",)),
    ("ALTER TABLE users ADD UNIQUE (email)", "duplicates", 1, ("1",)),
    ("CREATE UNIQUE INDEX ON bookings (room) WHERE id < 3", "duplicates", 1, ("1",)),
    ("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users", "orphans", 1, ("1", "2")),
    ("ALTER TABLE orders ADD FOREIGN KEY (big, line) REFERENCES orders (id, line)", "orphans", 2, ("1", "1")),
    ("ALTER TABLE orders ADD CHECK (total > 0 AND (id) > 0)", "check-violated", 1, ("2", "1")),
    ("ALTER TABLE orders ADD CONSTRAINT c CHECK ((orders.total) > (0)) -- (", "check-violated", 1, ("2", "1")),
    ("ALTER TABLE bookings ADD EXCLUDE USING gist (room WITH =, during WITH &&)", "exclusion-violated", 2, ("1",)),
    ("ALTER TABLE orders ALTER big TYPE int", "unfitting-values", 1, ("1", "2")),
    ("ALTER TABLE orders ALTER total TYPE numeric(5, 3)", "unfitting-values", 1, ("1", "2")),
    ("ALTER TABLE users ALTER nick TYPE varchar(5)", "unfitting-values", 1, ("2",)),
    ("ALTER TABLE orders ALTER note TYPE int USING note::int", "unfitting-values", 1, ("1", "2")),
    ("ALTER TABLE orders ALTER note TYPE mood USING note::mood", "unfitting-values", 2, ("1", "1")),
    ("ALTER TABLE orders ADD CHECK (orders IS NOT NULL)", "check-violated", 1, ("2", "1")),
    ("ALTER TABLE measures ALTER f TYPE real", "unfitting-values", 1, ("2",)),
    ("ALTER TABLE measures ALTER f TYPE int", "unfitting-values", 2, ("1",)),
    ("ALTER TABLE measures ALTER answer TYPE bool USING (answer)::boolean", "unfitting-values", 1, ("2",)),
    ("ALTER TABLE kinds ATTACH PARTITION kinds_old FOR VALUES IN ('a', NULL)", "outside-partition", 1, None),
    (
        "ALTER TABLE spread ATTACH PARTITION spread_old FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "outside-partition",
        52,
        None,
    ),
    ("ALTER TABLE users ALTER nick TYPE short", "unfitting-values", 1, ("2",)),
    ("ALTER TABLE users ADD country text NOT NULL", "rows-without-value", 1, None),
    ("ALTER DOMAIN percent ADD CHECK (VALUE <= 100)", "domain-violated", 1, ("1", "2")),
    ("ALTER DOMAIN percent SET NOT NULL", "domain-violated", 1, ("2", "1")),
    ("ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM (0) TO (10)", "outside-partition", 1, None),
]


@pytest.mark.parametrize(("sql", "hazard", "count", "sample"), FAILING, ids=[row[0][:60] for row in FAILING])
def test_rows_that_make_a_statement_fail_are_found(
    shop: psycopg.Connection, sql: str, hazard: str, count: int, sample: tuple[str, ...] | None
) -> None:
    """And the server agrees: the statement does fail."""
    assert (hazard, "fails", count, sample) in told(shop, sql)
    with pytest.raises(psycopg.Error):
        shop.execute(sql.encode())


PASSING = [
    "ALTER TABLE users ALTER id SET NOT NULL",
    "ALTER TABLE empty ADD country text NOT NULL",
    "ALTER TABLE users ADD country text NOT NULL DEFAULT 'x'",
    "CREATE UNIQUE INDEX ON users (nick)",
    "CREATE UNIQUE INDEX ON users (email) WHERE email IS NULL",
    "ALTER TABLE bookings ADD UNIQUE (room, during)",
    "ALTER TABLE empty ADD FOREIGN KEY (a) REFERENCES users",
    "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users NOT VALID",
    "ALTER TABLE orders ADD CHECK (total > -5)",
    "ALTER TABLE bookings ADD EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (id > 1)",
    "ALTER TABLE users ALTER nick TYPE varchar(11)",
    "ALTER TABLE users ALTER nick TYPE text",
    "ALTER TABLE orders ALTER note TYPE short",
    "ALTER TABLE orders ALTER line TYPE bigint",
    "ALTER TABLE orders ALTER total TYPE numeric(12, 3)",
    "ALTER TABLE kinds ATTACH PARTITION kinds_old FOR VALUES IN ('a', 'z', NULL)",
    "ALTER DOMAIN percent ADD CHECK (VALUE < 1000)",
    "ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM (0) TO (100)",
]


@pytest.mark.parametrize("sql", PASSING)
def test_rows_that_are_right_raise_no_alarm(shop: psycopg.Connection, sql: str) -> None:
    """And the server agrees: the statement passes, but for the default partition of the last one."""
    found = [one for one in told(shop, sql) if one[1] == "fails" and one[0] != "in-default-partition"]
    assert found == []
    assert [one.reason for one in asked(shop, sql) if isinstance(one, Unasked)] == []
    if "ATTACH PARTITION events" not in sql:
        shop.execute(sql.encode())


def test_rows_of_the_default_partition_are_found(shop: psycopg.Connection) -> None:
    sql = "CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10)"
    assert told(shop, sql) == [("in-default-partition", "fails", 1, None)]
    with pytest.raises(psycopg.errors.CheckViolation):
        shop.execute(sql.encode())


@pytest.mark.parametrize(
    ("sql", "hazard", "count"),
    [
        ("ALTER TABLE orders DROP COLUMN note", "lost-values", 2),
        ("DROP TABLE users CASCADE", "lost-rows", 3),
        ("TRUNCATE bookings", "lost-rows", 3),
        ("DELETE FROM bookings", "lost-rows", 3),
        ("ALTER TABLE orders ALTER at TYPE date", "lost-precision", 1),
        ("ALTER TABLE orders ALTER total TYPE int", "lost-precision", 2),
        ("ALTER TABLE users ALTER nick TYPE varchar(5) USING nick::varchar(5)", "lost-precision", 1),
    ],
)
def test_what_would_be_lost_is_counted(shop: psycopg.Connection, sql: str, hazard: str, count: int) -> None:
    assert [one[:3] for one in told(shop, sql)] == [(hazard, "loses", count)]


def test_match_full_does_not_excuse_half_a_reference(shop: psycopg.Connection) -> None:
    sql = "ALTER TABLE orders ADD FOREIGN KEY (user_id, line) REFERENCES orders (id, line) MATCH {}"
    simple, full = told(shop, sql.format("SIMPLE")), told(shop, sql.format("FULL"))
    assert (simple[0][2], full[0][2]) == (1, 2)


def test_nulls_count_as_equal_where_they_are_said_to(shop: psycopg.Connection) -> None:
    shop.execute("INSERT INTO users VALUES (4)")
    assert told(shop, "CREATE UNIQUE INDEX ON users (nick)") == []
    assert [one[2] for one in told(shop, "CREATE UNIQUE INDEX ON users (nick) NULLS NOT DISTINCT")] == [1]


def test_a_primary_key_asks_for_nulls_and_duplicates(shop: psycopg.Connection) -> None:
    shop.execute("CREATE TABLE loose (a int); INSERT INTO loose VALUES (1), (1), (NULL)")
    assert {one[0] for one in told(shop, "ALTER TABLE loose ADD PRIMARY KEY (a)")} == {"nulls", "duplicates"}


def test_validation_asks_what_the_catalog_or_the_plan_says(shop: psycopg.Connection) -> None:
    add = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID"
    validate = "ALTER TABLE orders VALIDATE CONSTRAINT positive"
    expected = [("check-violated", "fails", 1, ("2", "1"))]
    assert told(shop, f"{add}; {validate}") == expected
    shop.execute(add)
    assert told(shop, validate) == expected
    shop.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users NOT VALID")
    assert told(shop, "ALTER TABLE orders VALIDATE CONSTRAINT fk") == [("orphans", "fails", 1, ("1", "2"))]


def test_a_backfill_in_the_plan_settles_what_it_writes(shop: psycopg.Connection) -> None:
    sql = "UPDATE users SET email = 'none' WHERE email IS NULL; ALTER TABLE users ALTER email SET NOT NULL"
    assert [one[:2] for one in told(shop, sql)] == [("nulls", Consequence.SETTLED.value)]
    other = "UPDATE users SET nick = 'none'; ALTER TABLE users ALTER email SET NOT NULL"
    assert [one[:2] for one in told(shop, other)] == [("nulls", "fails")]


def test_what_the_plan_makes_itself_is_not_asked(shop: psycopg.Connection) -> None:
    for sql in (
        "CREATE TABLE n (a int); ALTER TABLE n ALTER a SET NOT NULL; CREATE UNIQUE INDEX ON n (a)",
        "ALTER TABLE users ADD c int; ALTER TABLE users ALTER c SET NOT NULL",
        "ALTER TABLE users RENAME email TO mail; ALTER TABLE users ALTER mail SET NOT NULL",
        "ALTER TABLE users RENAME TO people; ALTER TABLE people ALTER email SET NOT NULL",
        "DROP TABLE IF EXISTS nowhere",
        "ALTER TABLE nowhere ALTER a SET NOT NULL",
    ):
        assert asked(shop, sql) == (), sql


def test_what_might_do_harm_or_is_not_exact_is_named_instead(shop: psycopg.Connection) -> None:
    shop.execute("CREATE FUNCTION writes(int) RETURNS bool LANGUAGE sql AS 'SELECT true'")
    (one,) = asked(shop, "ALTER TABLE orders ADD CHECK (writes(line))")
    assert isinstance(one, Unasked)
    assert "writes()" in one.reason
    (two,) = asked(shop, "ALTER TABLE orders ALTER note TYPE int USING length(note)")
    assert isinstance(two, Unasked)


def test_more_than_the_limit_is_told_as_at_least(shop: psycopg.Connection) -> None:
    shop.execute("INSERT INTO empty SELECT n FROM generate_series(1, 10500) n")
    ((_, one),) = [(one.preflight, one.result) for one in answers(shop, "TRUNCATE empty")]
    assert one == Found(kind="found", count=10_000, at_least=True, sample=("1",))


def test_keys_are_told_only_if_they_may_be(shop: psycopg.Connection) -> None:
    (one,) = answers(shop, "TRUNCATE empty; ALTER TABLE users ALTER email SET NOT NULL", Sampling(sample_keys=False))[
        1:
    ]
    assert one.result == Found(kind="found", count=1, at_least=False, sample=None)


def test_a_locked_table_is_no_answer_and_nobody_waits(
    shop: psycopg.Connection, database: str, connect: Connect
) -> None:
    preflights = [one for one in asked(shop, "TRUNCATE users; TRUNCATE empty") if isinstance(one, Preflight)]
    holder = connect(database)
    with holder.transaction():
        holder.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
        results = [one.result for one in run_preflights(shop, preflights, QUICK)]
    assert results == [TimedOut(kind="timed-out", after_ms=100), Clear(kind="clear")]


def test_rows_that_row_security_hides_are_no_clear_answer(
    shop: psycopg.Connection, database: str, connect: Connect
) -> None:
    preflights = [
        one for one in asked(shop, "ALTER TABLE users ALTER email SET NOT NULL") if isinstance(one, Preflight)
    ]
    shop.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
    shop.execute("DROP ROLE IF EXISTS sees_little")
    shop.execute("CREATE ROLE sees_little; GRANT SELECT ON users TO sees_little")
    stranger = connect(database)
    stranger.execute("SET ROLE sees_little")
    (one,) = run_preflights(stranger, preflights, QUICK)
    stranger.close()
    shop.execute("DROP OWNED BY sees_little; DROP ROLE sees_little")
    assert one.result == Refused(kind="refused", sqlstate="42501")


def test_a_question_cannot_write(shop: psycopg.Connection) -> None:
    (question,) = [one for one in asked(shop, "TRUNCATE users") if isinstance(one, Preflight)]
    wicked = question.model_copy(update={"count_sql": "WITH gone AS (DELETE FROM users RETURNING 1) SELECT 1"})
    (one,) = run_preflights(shop, [wicked], QUICK)
    assert one.result == Refused(kind="refused", sqlstate="25006")
    assert question.hazard is Hazard.LOST_ROWS
