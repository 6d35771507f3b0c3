"""What statements reach beyond the table that they name, foretold and measured on the server at hand."""

from __future__ import annotations

import psycopg
import pytest

from foretold import MAJOR, disagreements, state_after, statements
from measure import measure
from migsafe.planner.carry import walk
from migsafe.planner.effects import effects
from migsafe.planner.transactions import divide

SHOP = """
CREATE TABLE r (id int PRIMARY KEY);
CREATE TABLE t (id int NOT NULL, n int, label varchar(10), r_id int CONSTRAINT t_r_id_fkey REFERENCES r);
CREATE INDEX t_n_idx ON t (n); CREATE INDEX t_label_idx ON t (label); CREATE UNIQUE INDEX t_id_idx ON t (id);
INSERT INTO r VALUES (1); INSERT INTO t VALUES (1, 1, 'a', 1);
"""
PARTS = """
CREATE TABLE p (n int NOT NULL, x int) PARTITION BY RANGE (n);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE TABLE q (n int NOT NULL, x int); INSERT INTO p VALUES (1, 1), (11, 1); INSERT INTO q VALUES (21, 1);
"""
REST = PARTS + "CREATE TABLE pd PARTITION OF p DEFAULT; INSERT INTO pd VALUES (55, 1);"
REFERS = (
    PARTS
    + """
CREATE TABLE r (id int PRIMARY KEY); INSERT INTO r VALUES (1);
ALTER TABLE p ADD CONSTRAINT k FOREIGN KEY (x) REFERENCES r;
"""
)
LISTS = "CREATE TABLE l (k text) PARTITION BY LIST (k); CREATE TABLE l1 (k text); INSERT INTO l1 VALUES ('a');"
HEIRS = "CREATE TABLE a (n int); CREATE TABLE b () INHERITS (a); INSERT INTO a VALUES (1); INSERT INTO b VALUES (2);"
DOMAINS = "CREATE DOMAIN d AS int; CREATE DOMAIN d2 AS d; CREATE TABLE x (v d, w d2); INSERT INTO x VALUES (1, 1);"
UNCHECKED = "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0) NOT VALID;"
OWNS = "CREATE TABLE o (i serial, j int);"
TYPED = "CREATE TYPE k AS (a int); CREATE TABLE x OF k; INSERT INTO x VALUES (1);"
FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
TRIGGER = FUNCTION + "CREATE TRIGGER g BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();"
VIEWS = SHOP + "CREATE VIEW v AS SELECT n FROM t; CREATE VIEW w AS SELECT n FROM v;"
BOUND = "ALTER TABLE q ADD CHECK (n >= 20 AND n < 30);"
ATTACH = "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (20) TO (30)"
ENFORCE = "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES r NOT ENFORCED;"
GENERATED = "ALTER TABLE t ADD g int GENERATED ALWAYS AS (n + 1) {};"

CASES: list[tuple[int, str, str]] = [
    # Types: what depends on the column.
    (13, SHOP, "ALTER TABLE t ALTER label TYPE text"),
    (13, SHOP + "ALTER TABLE t ADD CONSTRAINT c CHECK (label <> '');", "ALTER TABLE t ALTER label TYPE text"),
    (13, SHOP + "CREATE INDEX tl ON t (lower(label));", "ALTER TABLE t ALTER label TYPE text"),
    (13, SHOP + "CREATE INDEX tw ON t (n) WHERE label <> '';", "ALTER TABLE t ALTER label TYPE varchar(20)"),
    (13, SHOP, "ALTER TABLE t ALTER label TYPE varchar(20)"),
    (13, SHOP, 'ALTER TABLE t ALTER label TYPE varchar(10) COLLATE "C"'),
    (13, SHOP, "ALTER TABLE t ALTER r_id TYPE bigint"),
    (13, SHOP, "ALTER TABLE r ALTER id TYPE bigint"),
    (13, SHOP + "CREATE DOMAIN dd AS int;", "ALTER TABLE t ALTER n TYPE dd"),
    (13, SHOP + "CREATE DOMAIN dd AS int CHECK (VALUE > 0);", "ALTER TABLE t ALTER n TYPE dd"),
    (13, SHOP + "CREATE DOMAIN dd AS int;", "ALTER TABLE t ADD c dd"),
    (13, SHOP + "CREATE DOMAIN dd AS int CHECK (VALUE > 0);", "ALTER TABLE t ADD c dd"),
    (13, SHOP + "CREATE DOMAIN dd AS int CHECK (VALUE > 0);", "ALTER TABLE t ADD c dd DEFAULT 1"),
    # Several actions in one statement.
    (13, SHOP + "ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL);", "ALTER TABLE t ALTER n SET NOT NULL"),
    (
        13,
        SHOP + "ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL);",
        "ALTER TABLE t ALTER n SET NOT NULL, DROP CONSTRAINT c",
    ),
    (13, SHOP, "ALTER TABLE t ADD c int, ADD CONSTRAINT k CHECK (c > 0)"),
    (13, SHOP, "ALTER TABLE t ADD c int REFERENCES r, ADD e int DEFAULT 1"),
    (13, SHOP, "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX t_id_idx"),
    (13, SHOP + "CREATE UNIQUE INDEX u ON t (n);", "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX u"),
    (13, SHOP, "ALTER TABLE t VALIDATE CONSTRAINT t_r_id_fkey"),
    (13, SHOP, "ALTER TABLE t DISABLE TRIGGER ALL"),
    # What is so already.
    (13, SHOP, "ALTER TABLE t SET LOGGED"),
    (13, "CREATE UNLOGGED TABLE o (i serial);", "ALTER TABLE o SET UNLOGGED"),
    (13, SHOP, "DROP TRIGGER IF EXISTS g ON t"),
    (13, SHOP, "DROP POLICY IF EXISTS g ON t"),
    # Foreign keys of new columns.
    (13, SHOP, "ALTER TABLE t ADD c int DEFAULT NULL REFERENCES r"),
    # Sequences that go with a table.
    (13, OWNS, "ALTER TABLE o OWNER TO pg_monitor"),
    (13, OWNS + "CREATE SCHEMA z;", "ALTER TABLE o SET SCHEMA z"),
    (13, OWNS, "DROP TABLE o"),
    (13, OWNS, "ALTER TABLE o DROP COLUMN i"),
    (13, OWNS, "TRUNCATE o RESTART IDENTITY"),
    (15, OWNS, "ALTER TABLE o SET UNLOGGED"),
    (13, OWNS, "ALTER TABLE o RENAME TO o2"),
    (13, SHOP + "CREATE SEQUENCE s OWNED BY t.n;", "DROP SEQUENCE s"),
    # CASCADE.
    (13, SHOP, "TRUNCATE r CASCADE"),
    (13, SHOP, "DROP TABLE r CASCADE"),
    (13, SHOP, "ALTER TABLE r DROP COLUMN id CASCADE"),
    (13, SHOP, "ALTER TABLE r DROP CONSTRAINT r_pkey CASCADE"),
    (13, VIEWS, "DROP TABLE t CASCADE"),
    (13, VIEWS, "ALTER TABLE t DROP COLUMN n CASCADE"),
    (13, VIEWS, "DROP VIEW v CASCADE"),
    (13, VIEWS, "LOCK TABLE v IN SHARE MODE"),
    (13, SHOP + "CREATE TYPE e AS ENUM ('a'); ALTER TABLE t ADD c e;", "DROP TYPE e CASCADE"),
    (13, PARTS + TRIGGER, "DROP FUNCTION f CASCADE"),
    (13, SHOP + "CREATE SCHEMA z; CREATE TABLE z.k (i int REFERENCES r);", "DROP SCHEMA z CASCADE"),
    # Partitions.
    *(
        (13, PARTS, f"ALTER TABLE p {what}")
        for what in (
            *("ADD c int", "ADD CHECK (x > 0)", "ALTER x TYPE bigint", "ALTER x SET DEFAULT 1", "ALTER x SET NOT NULL"),
            *("DROP COLUMN x", "RENAME x TO y", "RENAME TO pp", "OWNER TO pg_monitor", "ENABLE ROW LEVEL SECURITY"),
            *("ALTER x SET STATISTICS 7", "ALTER x SET STORAGE PLAIN", "ALTER x SET (n_distinct = 3)"),
            *("ADD PRIMARY KEY (n)", "ADD UNIQUE (n)", "REPLICA IDENTITY FULL"),
        )
    ),
    *(
        (13, PARTS, sql)
        for sql in (
            *("CREATE INDEX ON p (x)", "CREATE INDEX ON ONLY p (x)", "DROP TABLE p", "DROP TABLE p1", "TRUNCATE p"),
            *("TRUNCATE p1", "LOCK TABLE p IN SHARE MODE", "ANALYZE p", "UPDATE p SET x = 2", "DELETE FROM p"),
            *("CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30)", "CREATE TABLE p3 PARTITION OF p DEFAULT"),
        )
    ),
    (14, PARTS, "ALTER TABLE p DETACH PARTITION p1"),
    (14, REST, "ALTER TABLE p DETACH PARTITION p1"),
    (13, REST, "DROP TABLE p1"),
    (13, REST, "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30)"),
    (13, PARTS + "CREATE INDEX pi ON p (x);", "DROP INDEX pi"),
    (13, PARTS + FUNCTION, "CREATE TRIGGER g BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f()"),
    (13, PARTS + FUNCTION, "CREATE TRIGGER g AFTER INSERT ON p FOR EACH STATEMENT EXECUTE FUNCTION f()"),
    (13, PARTS + TRIGGER, "ALTER TABLE p DISABLE TRIGGER g"),
    (13, PARTS + TRIGGER, "DROP TRIGGER g ON p"),
    (13, PARTS + "CREATE TABLE r (id int PRIMARY KEY);", "ALTER TABLE p ADD FOREIGN KEY (x) REFERENCES r NOT VALID"),
    (13, REFERS, "ALTER TABLE p DROP CONSTRAINT k"),
    (13, REFERS, "CREATE TABLE p3 PARTITION OF p FOR VALUES FROM (20) TO (30)"),
    (13, REFERS, ATTACH),
    (13, PARTS, ATTACH),
    (13, PARTS + BOUND, ATTACH),
    (13, PARTS + "CREATE INDEX ON p (x);" + BOUND, ATTACH),
    (13, REST, ATTACH),
    (13, REST + BOUND + "ALTER TABLE pd ADD CHECK (n >= 50);", ATTACH),
    (
        13,
        LISTS + "ALTER TABLE l1 ADD CHECK (k IS NOT NULL AND k IN ('a', 'b'));",
        "ALTER TABLE l ATTACH PARTITION l1 FOR VALUES IN ('a', 'b')",
    ),
    (
        13,
        LISTS + "ALTER TABLE l1 ADD CHECK (k = ANY (ARRAY['a', 'b'])), ALTER k SET NOT NULL;",
        "ALTER TABLE l ATTACH PARTITION l1 FOR VALUES IN ('a', 'b', 'c')",
    ),
    (13, LISTS + "ALTER TABLE l1 ADD CHECK (k = 'a');", "ALTER TABLE l ATTACH PARTITION l1 FOR VALUES IN ('a')"),
    # Inheritance.
    *(
        (13, HEIRS, sql)
        for sql in (
            *("ALTER TABLE a ADD c int", "ALTER TABLE a ALTER n TYPE bigint", "ALTER TABLE a ADD CHECK (n > 0)"),
            *("ALTER TABLE a ADD UNIQUE (n)", "CREATE INDEX ON a (n)", "TRUNCATE a", "CREATE TABLE z () INHERITS (a)"),
            *("ALTER TABLE b NO INHERIT a", "ALTER TABLE a SET (fillfactor = 50)", "ALTER TABLE a RENAME n TO m"),
            *("LOCK TABLE a IN SHARE MODE",),
        )
    ),
    # Domains and composite types.
    *(
        (13, DOMAINS, f"ALTER DOMAIN d {what}")
        for what in ("ADD CHECK (VALUE > 0)", "ADD CHECK (VALUE > 0) NOT VALID", "SET NOT NULL", "SET DEFAULT 5")
    ),
    (
        13,
        DOMAINS + "ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0) NOT VALID;",
        "ALTER DOMAIN d VALIDATE CONSTRAINT k",
    ),
    (13, TYPED, "ALTER TYPE k ADD ATTRIBUTE b int CASCADE"),
    (13, TYPED, "ALTER TYPE k ALTER ATTRIBUTE a TYPE bigint CASCADE"),
    # Others.
    (13, SHOP, "GRANT SELECT ON t TO pg_monitor"),
    (13, SHOP, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor"),
    (13, SHOP, "CREATE TABLE z (LIKE t INCLUDING ALL)"),
    (13, SHOP, "CREATE TABLE z AS SELECT * FROM t"),
    (13, SHOP, "COMMENT ON COLUMN t.n IS 'x'"),
    (13, SHOP, "ALTER TABLE t SET (user_catalog_table = true)"),
    (13, SHOP, "CREATE STATISTICS z ON id, n FROM t"),
    (13, SHOP + "CREATE PUBLICATION z;", "ALTER PUBLICATION z ADD TABLE t"),
    (13, SHOP, "ALTER SCHEMA public RENAME TO other"),
    # Of later majors.
    (17, SHOP + GENERATED.format("STORED"), "ALTER TABLE t ALTER g SET EXPRESSION AS (n + 2)"),
    (18, SHOP + GENERATED.format("VIRTUAL"), "ALTER TABLE t ALTER g SET EXPRESSION AS (n + 2)"),
    (18, SHOP, GENERATED.format("VIRTUAL")),
    (18, SHOP, GENERATED.format("VIRTUAL NOT NULL")),
    (18, SHOP, "ALTER TABLE t ADD CHECK (n > 0) NOT ENFORCED"),
    (18, SHOP, ENFORCE),
    (18, SHOP + ENFORCE, "ALTER TABLE t ALTER CONSTRAINT f ENFORCED"),
    (18, SHOP, "ALTER TABLE t ADD CONSTRAINT nn NOT NULL n NOT VALID"),
    (18, SHOP + "ALTER TABLE t ADD CONSTRAINT nn NOT NULL n NOT VALID;", "ALTER TABLE t VALIDATE CONSTRAINT nn"),
    (18, SHOP + "ALTER TABLE t ADD CONSTRAINT nn NOT NULL n NOT VALID;", "ALTER TABLE t ALTER n SET NOT NULL"),
    (18, SHOP, "ALTER TABLE t ADD CONSTRAINT nn NOT NULL n"),
]
REFUSED_BEFORE_18 = {"ALTER TABLE p ADD FOREIGN KEY (x) REFERENCES r NOT VALID"}
HERE = [
    pytest.param(before, sql, id=sql[:70])
    for since, before, sql in CASES
    if since <= MAJOR and (MAJOR >= 18 or sql not in REFUSED_BEFORE_18)
]


READS_IN_FULL = b"SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off"
"""Whether the check of a foreign key reads the referenced table or its index is the planner's choice."""


@pytest.mark.parametrize(("before", "sql"), HERE)
def test_a_statement_reaches_what_is_foretold(before: str, sql: str, database: str) -> None:
    """Locks, rewrites, scans and rebuilt indexes of every relation, in a transaction that is rolled back."""
    state = state_after(before)
    (statement,) = statements(sql)
    with psycopg.connect(database) as connection:
        connection.execute(before.encode())
        connection.execute(READS_IN_FULL)
        connection.commit()
        assert disagreements(effects(statement, state), measure(connection, statement.sql)) == []
        connection.rollback()


TYPES = {
    "varchar(10)": "'a'", "varchar(20)": "'a'", "varchar": "'a'", "text": "'a'", "char(3)": "'a'", "bpchar": "'a'",
    "int": "1", "bigint": "1", "oid": "1", "numeric(8,2)": "1", "numeric(10,2)": "1", "numeric(10,3)": "1",
    "numeric": "1",
    "timestamp": "now()", "timestamptz": "now()", "timestamp(3)": "now()", "timestamptz(3)": "now()", "date": "now()",
    "interval": "'1 s'", "interval(3)": "'1 s'", "cidr": "'::1'", "inet": "'::1'", "bit(3)": "B'101'",
    "varbit(5)": "B'101'", "varbit(9)": "B'101'", "varbit": "B'101'", "json": "'1'", "jsonb": "'1'",
    "text[]": "'{a}'", "varchar(5)[]": "'{a}'", "varchar(9)[]": "'{a}'",
}  # fmt: skip
"""Types, and a value of each."""


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_which_types_change_in_the_catalog_alone(zone: str, database: str) -> None:
    """Every pair of types that the server casts by itself: rewritten exactly where it is foretold."""
    wrong = []
    with psycopg.connect(database) as connection:
        for old, value in TYPES.items():
            before = f"SET timezone = '{zone}'; CREATE TABLE t (c {old}); INSERT INTO t VALUES ({value})"
            for new in TYPES.keys() - {old}:
                (first, *_, change) = statements(f"{before}; ALTER TABLE t ALTER c TYPE {new}")
                del first
                state = state_after(f"CREATE TABLE t (c {old})")
                state.time_zone = zone.lower()
                (claimed,) = effects(change, state)
                connection.execute(before.encode())
                try:
                    seen = measure(connection, change.sql)["public.t"]
                except psycopg.DatabaseError:
                    continue  # there is no automatic cast, or the value does not fit
                finally:
                    connection.rollback()
                if seen.rewrite is not claimed.rewrite:
                    wrong.append(f"{old} to {new}: rewritten {seen.rewrite}, foretold {claimed.rewrite}")
    assert wrong == []


SECOND = "ALTER TABLE t ALTER b TYPE timestamptz"


def test_statements_before_in_the_transaction_tell_the_time_zone(database: str) -> None:
    """SET LOCAL TimeZone makes timestamp to timestamptz free; the next transaction knows nothing of it."""
    sql = "BEGIN; SET LOCAL timezone = 'UTC'; ALTER TABLE t ALTER a TYPE timestamptz; COMMIT;" + SECOND
    state = state_after("CREATE TABLE t (a timestamp, b timestamp)")
    found = []
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET timezone = 'Europe/Berlin'; CREATE TABLE t (a timestamp, b timestamp)")
        for segment, number in walk(divide(statements(sql)).segments, state):
            found += [effect.rewrite for effect in effects(segment.statements[number], state)]
        with connection.transaction():
            connection.execute("SET LOCAL timezone = 'UTC'")
            first = measure(connection, "ALTER TABLE t ALTER a TYPE timestamptz")["public.t"].rewrite
        with connection.transaction():
            second = measure(connection, SECOND)["public.t"].rewrite
    assert found == [first, second] == [False, True]
