"""What code blocks and called functions run is judged like statements of the file."""

from __future__ import annotations

import pytest

from migsafe.planner.bodies import inside, unfolded
from migsafe.planner.carry import advance, take
from migsafe.planner.effects import effects
from migsafe.planner.parse import Statement, parse
from migsafe.planner.schema_state import SchemaState


def statements(sql: str) -> tuple[Statement, ...]:
    return parse(sql.encode(), "a.sql")


def run_by(sql: str, before: str = "") -> list[str]:
    """The statements that the last statement runs, after `before`."""
    state = SchemaState()
    for each in statements(before):
        advance(state, each)
    *_, last = statements(sql)
    found = []
    for each in unfolded(last, state):
        found.append(each.sql)
        take(state, each)
    return found[1:]


def block(body: str, declarations: str = "") -> str:
    return (
        f"DO $$\nDECLARE {declarations}\nBEGIN\n{body}\nEND $$;" if declarations else f"DO $$\nBEGIN\n{body}\nEND $$;"
    )


@pytest.mark.parametrize(
    ("body", "declarations", "run"),
    [
        ("DROP TABLE a;", "", ["DROP TABLE a"]),
        ("IF true THEN DROP TABLE a; ELSE DROP TABLE b; END IF;", "", ["DROP TABLE a", "DROP TABLE b"]),
        ("EXECUTE 'DROP TABLE a';", "", ["DROP TABLE a"]),
        ("EXECUTE 'DROP ' || 'TABLE ' || quote_ident('Odd');", "", ['DROP TABLE "Odd"']),
        ("EXECUTE format('COMMENT ON TABLE %I IS %L', 'a', 'it''s');", "", ["COMMENT ON TABLE a IS 'it''s'"]),
        ("EXECUTE format('DROP TABLE %2$I.%1$I', 'a', 's');", "", ["DROP TABLE s.a"]),
        (
            "FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE format('TRUNCATE %I', t); END LOOP;",
            "t text;",
            ["TRUNCATE a", "TRUNCATE b"],
        ),
        (
            "FOREACH t IN ARRAY names LOOP EXECUTE 'TRUNCATE ' || t; END LOOP;",
            "t text; names text[] := '{a,b}';",
            ["TRUNCATE a", "TRUNCATE b"],
        ),
        (
            "FOR t IN SELECT unnest(ARRAY['a', 'b']) LOOP EXECUTE 'TRUNCATE ' || t; END LOOP;",
            "t text;",
            ["SELECT unnest(ARRAY['a', 'b'])", "TRUNCATE a", "TRUNCATE b"],
        ),
        ("EXECUTE 'TRUNCATE ' || t;", "t text := 'a';", ["TRUNCATE a"]),
        ("BEGIN DROP TABLE a; EXCEPTION WHEN others THEN DROP TABLE b; END;", "", ["DROP TABLE a", "DROP TABLE b"]),
    ],
)
def test_a_block_runs_what_its_text_says(body: str, declarations: str, run: list[str]) -> None:
    assert run_by(block(body, declarations)) == run


def test_a_statement_of_a_block_has_its_own_line_and_column() -> None:
    (statement,) = statements("-- first\nDO $$\nBEGIN\n    DROP TABLE a;\nEND $$;")
    (drop,) = inside(statement, SchemaState()).statements
    assert (drop.line, drop.column, drop.within) == (4, 5, ("DO",))
    assert drop.sha256 == statement.sha256


@pytest.mark.parametrize(
    ("body", "declarations", "told"),
    [
        (
            "FOR t IN SELECT tablename FROM pg_tables LOOP EXECUTE 'DROP TABLE ' || t; END LOOP;",
            "t text;",
            "line 4: EXECUTE runs SQL that is put together when it runs: DROP TABLE",
        ),
        (
            "t := current_user; EXECUTE t;",
            "t text := 'SELECT 1';",
            "line 4: EXECUTE runs SQL that is put together when it runs",
        ),
        ("EXECUTE 'DROP TABLE';", "", "line 3: syntax error at end of input"),
    ],
)
def test_what_only_the_run_tells_is_said_to_be_unknown(body: str, declarations: str, told: str) -> None:
    (statement,) = statements(block(body, declarations))
    assert inside(statement, SchemaState()).unknown == (told,)


FUNCTION = "CREATE FUNCTION tidy(days int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM log; END $$;"


@pytest.mark.parametrize("call", ["SELECT tidy(3);", "DO $$ BEGIN PERFORM tidy(3); END $$;"])
def test_a_called_function_is_followed(call: str) -> None:
    assert "DELETE FROM log" in run_by(call, FUNCTION)


def test_a_function_that_calls_itself_is_followed_once() -> None:
    loop = "CREATE FUNCTION again() RETURNS void LANGUAGE sql AS $$ SELECT again(); $$;"
    assert run_by("SELECT again();", loop) == ["SELECT again()"]


def test_the_constants_of_a_call_are_known_in_the_function() -> None:
    body = "BEGIN EXECUTE format('GRANT %s ON %I TO app', $1, name); END"
    function = f"CREATE FUNCTION give(text, name text) RETURNS void LANGUAGE plpgsql AS $$ {body} $$;"
    assert run_by("SELECT give('select', 'notes');", function) == ["GRANT select ON notes TO app"]


GRANTING = """
CREATE FUNCTION give(what text, name text, space text DEFAULT 'app') RETURNS void LANGUAGE plpgsql AS $$
BEGIN EXECUTE format('GRANT %s ON %I.%I TO staff', what, space, name); END $$;
CREATE FUNCTION give(what text, name text, columns text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE each text;
BEGIN FOREACH each IN ARRAY columns LOOP
  EXECUTE format('GRANT %s (%I) ON %I TO staff', what, each, name); END LOOP; END $$;
"""


@pytest.mark.parametrize(
    ("call", "run"),
    [
        ("give('select', 'notes')", ["GRANT select ON app.notes TO staff"]),
        ("give('select', 'notes', 'other')", ["GRANT select ON other.notes TO staff"]),
        (
            "give('select', 'notes', ARRAY['a', 'b'])",
            ["GRANT select (a) ON notes TO staff", "GRANT select (b) ON notes TO staff"],
        ),
    ],
)
def test_a_call_means_the_overload_that_takes_its_arguments_with_their_defaults(call: str, run: list[str]) -> None:
    assert run_by(f"SELECT {call};", GRANTING) == run


def test_a_function_that_nobody_knows_is_named() -> None:
    (statement,) = statements("SELECT tidy(3);")
    assert inside(statement, SchemaState()).unknown == ("what tidy() does was not analysed",)


def test_the_locks_of_a_block_are_those_of_its_statements() -> None:
    (statement,) = statements(block("CREATE TABLE a (id int); ALTER TABLE b ADD COLUMN c int;"))
    found = {effect.relation: (effect.lock.value, effect.new) for effect in effects(statement, SchemaState())}
    assert found == {"public.a": ("ACCESS EXCLUSIVE", True), "public.b": ("ACCESS EXCLUSIVE", False)}


def test_a_trigger_function_that_is_called_is_read_although_the_parser_closes_a_brace_too_many() -> None:
    """libpg_query's tree of a function with TG_OP and its like is no JSON as it stands."""
    before = (
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF TG_OP = 'INSERT' THEN DELETE FROM a; END IF; RETURN NEW; END $$;"
    )
    assert run_by("SELECT f();", before) == ["DELETE FROM a"]


@pytest.mark.parametrize(
    "call",
    [
        "cron.schedule('nightly', '0 3 * * *', 'DELETE FROM a')",
        "pgmq.create('mails')",
        "vault.create_secret('x', 'y')",
        "gen_random_bytes(8)",
        "net.http_post('http://example.org')",
    ],
)
def test_what_functions_of_extensions_do_is_known(call: str) -> None:
    (statement,) = statements(f"SELECT {call};")
    assert inside(statement, SchemaState()).unknown == ()


def test_a_function_of_ones_own_hides_that_of_an_extension() -> None:
    before = "CREATE FUNCTION gen_salt(text) RETURNS text LANGUAGE sql AS 'DELETE FROM a';"
    assert run_by("SELECT gen_salt('x');", before) == ["DELETE FROM a"]
