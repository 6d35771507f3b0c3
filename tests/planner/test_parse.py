"""Files become statements whose slices are the file, or are refused by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migsafe.planner import libpg_query
from migsafe.planner.actions import Insert, Unread
from migsafe.planner.parse import LARGEST_STATEMENT, Statement, parse
from migsafe.planner.source import BOM, LARGEST_FILE
from migsafe.schemas.problem import Refusal


def joined(statements: tuple[Statement, ...]) -> bytes:
    return "".join(statement.text for statement in statements).encode()


def refusal(text: bytes) -> Refusal:
    with pytest.raises(Refusal) as caught:
        parse(text, "x.sql")
    assert caught.value.remedy
    return caught.value


# What splitters of migration tools have tripped over; psql accepts each as `count` statements.
SPLITTER_TRAPS = [
    (2, "CREATE TABLE atomic_things (id int); CREATE FUNCTION is_atomic() RETURNS int LANGUAGE sql AS 'SELECT 1';"),
    (2, "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3;"),
    (
        2,
        """CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC
        SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT CASE a WHEN 1 THEN 2 END; END; SELECT 1;""",
    ),
    (1, "DO $outer$ BEGIN EXECUTE $inner$ SELECT ';'; $inner$; END $outer$"),
    (2, r"SELECT E'\''; SELECT ';'"),
    (2, r"SELECT U&'d\0061t;a', U&" + '"d;x"' + "; SELECT 2"),
    (2, "SELECT 1 /* a /* nested ; */ b ; */; SELECT 2 -- ; end"),
    (1, 'SELECT 1 AS weekend, 2 AS "begin;", 3 AS backend'),
    (3, "SELECT 1;; ;SELECT 2;\n;-- c\nSELECT 3;;"),
]


@pytest.mark.parametrize(("count", "text"), SPLITTER_TRAPS)
def test_semicolons_inside_statements_do_not_split_them(count: int, text: str) -> None:
    statements = parse(text.encode(), "x.sql")
    assert len(statements) == count
    assert joined(statements) == text.encode()
    for statement in statements:
        assert len(parse(statement.text.encode(), "x.sql")) == 1


def test_comments_stay_with_the_statement_they_lead() -> None:
    text = b"-- first\nSELECT 1; -- same line\n\n/* second */ SELECT 2\n; /* last */\n-- end\n"
    first, second = parse(text, "x.sql")
    assert (first.text, first.leading, first.sql) == ("-- first\nSELECT 1; -- same line\n", "-- first\n", "SELECT 1")
    assert second.text == "\n/* second */ SELECT 2\n; /* last */\n-- end\n"
    assert (first.line, first.column, second.line, second.column) == (2, 1, 4, 14)


def test_columns_count_characters_and_offsets_count_bytes() -> None:
    first, second = parse("SELECT 'é€😀'; SELECT 2".encode(), "x.sql")
    assert second.column == len("SELECT 'é€😀'; ") + 1
    assert first.end == second.start == len("SELECT 'é€😀';".encode())


def test_a_byte_order_mark_is_taken_off_and_line_ends_are_kept() -> None:
    (statement,) = parse(BOM + b"SELECT\r\n1;\r\n", "x.sql")
    assert statement.text == "SELECT\r\n1;\r\n"
    assert statement.sha256 == parse(b"-- c\nSELECT\n1", "x.sql")[0].sha256


@pytest.mark.parametrize("text", [b"", b"  \n", BOM, b"-- only\n/* comments */", b";;\n;"])
def test_a_file_without_statements_gives_none(text: bytes) -> None:
    assert parse(text, "x.sql") == ()


PIECES = st.sampled_from(
    [
        *(text for _, text in SPLITTER_TRAPS if not text.endswith("end")),
        "-- é\n",
        "/* ;\n */",
        ";",
        "\r\n",
        "CREATE INDEX ON t (a)",
        "SELECT '😀;'",
        "\t",
    ]
)


@given(st.lists(PIECES, max_size=12))
def test_slices_joined_are_the_file(pieces: list[str]) -> None:
    text = ";".join(pieces).encode()
    statements = parse(text, "x.sql")
    assert not statements or joined(statements) == text
    for statement in statements:
        assert text[statement.start : statement.end].decode() == statement.text
        assert statement.text.startswith(statement.leading + statement.sql)


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        (b"SELECT 1;\nSELEC 2;", 'syntax error at or near "SELEC"', 2, 1),
        ("SELECT 'é' FROM;".encode(), 'syntax error at or near ";"', 1, 16),
        (b"SELECT 'open", "unterminated quoted string", 1, 8),
        (b"SELECT 1;\n\\i other.sql\n", "psql command", 2, 1),
        (b"SELECT 1 \\gset\n", "psql command", 1, 10),
        (b"SELECT :name;", "psql variable", 1, 8),
        (b"SELECT {{ x }};", "template", 1, 8),
        (b"CREATE TABLE ${schema}.t ();", "template", 1, 14),
        (b"SELECT 1;\nCOPY t FROM stdin;\n1\tit's\n\\.\n", "COPY FROM STDIN", 2, 1),
        (b"SELECT 1;\n COPY t (a) FROM STDIN WITH CSV;", "COPY FROM STDIN", 2, 2),
        (b"SELECT 1;\nSELECT '\0';", "NUL byte", 2, 9),
        (b"SELECT 1;\nSELECT '\xe9';", "not valid UTF-8", 2, 9),
        ("SELECT 1".encode("utf-16"), "not valid UTF-8", 1, 1),
        (b"SELECT " + b"(" * 100_000 + b"1" + b")" * 100_000, "nested too deeply", 1, 10_004),
    ],
)
def test_what_is_no_sql_is_refused_by_its_cause_and_place(text: bytes, words: str, line: int, column: int) -> None:
    problem = refusal(text)
    assert words in problem.what
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)


def test_files_and_statements_over_the_limit_are_refused() -> None:
    assert "too large" in refusal(b" " * (LARGEST_FILE + 1)).what
    assert "too large" in refusal(b"SELECT '" + b"x" * LARGEST_STATEMENT + b"'").what


def test_a_large_file_is_read_statement_by_statement() -> None:
    one = b"INSERT INTO t VALUES ('" + b"x" * 300_000 + b"'), (2);\n"
    statements = parse(one * 5 + b"\n-- end", "x.sql")
    assert joined(statements) == one * 5 + b"\n-- end"
    assert [statement.line for statement in statements] == [1, 2, 3, 4, 5]
    assert all(isinstance(statement.actions[0], Insert) for statement in statements)
    assert not any(statement.node for statement in statements)


def test_deep_expressions_are_read() -> None:
    (statement,) = parse(b"SELECT " + b" + ".join([b"f(1)"] * 4_000), "x.sql")
    assert len(statement.actions) == 1
    assert not any(isinstance(action, Unread) for action in statement.actions)


def test_expressions_that_would_overflow_the_stack_do_not() -> None:
    """A chain of 80,000 operators ends the process if it is printed on a stack of 8 MiB."""
    code = "from migsafe.planner.parse import parse; parse(b'SELECT ' + b'+'.join([b'1'] * 200_000), 'x')"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "the statement is nested too deeply" in done.stderr


@pytest.mark.parametrize("text", ["SELECT 1" + "::int" * 20_000, "SELECT 1" + " UNION SELECT 1" * 20_000])
def test_long_chains_are_read(text: str) -> None:
    assert len(parse(text.encode(), "x.sql")) == 1


def test_writes_nested_too_deeply_are_refused() -> None:
    text = b"WITH a AS (" * 900 + b"DELETE FROM t" + b") DELETE FROM t" * 900
    assert "nested too deeply" in refusal(text).what


def test_both_json_decoders_agree() -> None:
    tree = libpg_query._parse_to_json("SELECT 'a\"\\\\ é', NULL, 1.5, true FROM t WHERE b = $1 -- [{".encode()).decode()  # noqa: SLF001 - no public way to force the slow one
    assert libpg_query._loads_deep(tree) == libpg_query._loads(tree)  # noqa: SLF001 - same


def test_plpgsql_bodies_can_be_read() -> None:
    (function,) = libpg_query.parse_plpgsql(b"DO $$ BEGIN COMMIT; END $$")
    assert "PLpgSQL_stmt_commit" in str(function)
    with pytest.raises(libpg_query.SyntaxProblem):
        libpg_query.parse_plpgsql(b"DO $$ BEGIN COMMIT END $$")


@pytest.mark.corpus
@pytest.mark.skipif("MIGSAFE_CORPUS" not in os.environ, reason="MIGSAFE_CORPUS names no folder of real histories")
def test_real_histories_are_read() -> None:
    """No exception but Refusal, slices are the file, and less than one statement in a hundred is Unread."""
    statements = unread = 0
    for path in sorted(Path(os.environ["MIGSAFE_CORPUS"]).rglob("*.sql")):
        if not path.is_file():
            continue
        try:
            found = parse(path.read_bytes(), str(path))
        except Refusal:
            continue
        assert not found or joined(found) == path.read_bytes().removeprefix(BOM)
        statements += len(found)
        unread += sum(isinstance(action, Unread) for each in found for action in each.actions)
    assert statements > 1_000
    assert unread < statements / 100
