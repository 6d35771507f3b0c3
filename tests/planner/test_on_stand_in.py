"""What a server with stand-ins is sent in place of a statement that only the true platform understands."""

from __future__ import annotations

import pytest

from migsafe.planner.on_stand_in import on_stand_in


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("CREATE INDEX ON t USING hnsw (e x) WITH (m = 16, n = 64);", "CREATE INDEX ON t USING hnsw (e x) ;"),
        (
            "-- ü\ncreate index i on t using ivfflat (e) with (lists='1') where e",
            "-- ü\ncreate index i on t using ivfflat (e)  where e",
        ),
        (
            "CREATE MATERIALIZED VIEW m WITH (timescaledb.continuous) AS SELECT 1",
            "CREATE MATERIALIZED VIEW m  AS SELECT 1",
        ),
    ],
)
def test_parameters_that_only_the_true_extension_knows_are_left_away(sql: str, sent: str) -> None:
    assert on_stand_in(sql) == sent


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        "ALTER EVENT TRIGGER e DISABLE",
        "ALTER EVENT TRIGGER e OWNER TO postgres",
        "ALTER EVENT TRIGGER e RENAME TO f",
        "DROP EVENT TRIGGER IF EXISTS e",
        "COMMENT ON EVENT TRIGGER e IS 'x'",
        "ALTER TABLE t SET (timescaledb.compress, timescaledb.compress_segmentby = 'a')",
    ],
)
def test_what_asks_for_a_superuser_or_c_code_becomes_a_notice(sql: str) -> None:
    assert "RAISE NOTICE" in (on_stand_in(sql) or "")


NOTICE = "RAISE NOTICE 'an event trigger is left out: only the true platform lets you';"


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        (
            (
                "DO $$ BEGIN IF true THEN CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('A;B')"
                " EXECUTE FUNCTION f(); END IF; END $$"
            ),
            f"DO $$ BEGIN IF true THEN {NOTICE} END IF; END $$",
        ),
        (
            "DO $body$ BEGIN EXECUTE format('DROP EVENT TRIGGER IF EXISTS %I;', 'e'); PERFORM 1; END $body$;",
            f"DO $body$ BEGIN {NOTICE} PERFORM 1; END $body$;",
        ),
        (
            (
                "DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD n int'; EXECUTE $q$CREATE EVENT TRIGGER e ON sql_drop"
                " EXECUTE FUNCTION f();$q$; END $$"
            ),
            f"DO $$ BEGIN EXECUTE 'ALTER TABLE t ADD n int'; {NOTICE} END $$",
        ),
        (
            "DO $$ BEGIN ALTER EVENT TRIGGER pgrst_watch DISABLE; comment on event trigger e is 'x'; END $$",
            f"DO $$ BEGIN {NOTICE} {NOTICE} END $$",
        ),
        ("DO $$ BEGIN PERFORM 'no event trigger here'; END $$", None),
    ],
)
def test_of_a_code_block_only_what_is_done_to_event_triggers_is_left_out(sql: str, sent: str | None) -> None:
    assert on_stand_in(sql) == sent


def test_what_is_set_on_the_platforms_database_is_set_on_the_current_one() -> None:
    sent = on_stand_in("COMMENT ON DATABASE postgres IS '5 %'")
    nested = "'" * 4
    assert sent == (
        f"DO 'BEGIN EXECUTE format(''COMMENT ON DATABASE %I IS {nested}5 %%{nested}'', current_database()); END'"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER DATABASE other SET timezone TO 'UTC'",
        "COMMENT ON TABLE t IS 'database postgres'",
        "CREATE INDEX ON t USING hnsw (e vector_l2_ops)",
        "CREATE INDEX hnsw ON t (a) WITH (fillfactor = 70)",
        "SELECT 'event trigger'",
        "CREATE TABLE ivfflat (a int)",
        "DROP TABLE hnsw",
        "COMMENT ON TABLE t IS 'an event trigger'",
    ],
)
def test_all_else_is_sent_as_it_stands(sql: str) -> None:
    assert on_stand_in(sql) is None
