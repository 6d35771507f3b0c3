"""What is read out of the text of a dump."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migsafe.executor.backup.content import Content, filled, read_content, shortfall
from migsafe.schemas.backup import Census, TableCount
from migsafe.schemas.names import QualifiedName

END = "--\n-- PostgreSQL database dump complete\n--\n\n"


def entry(name: str, kind: str, text: str) -> str:
    data = "Data for " if kind == "TABLE DATA" else ""
    return f"--\n-- {data}Name: {name}; Type: {kind}; Schema: public; Owner: me\n--\n\n{text}\n\n"


def copied(name: str, *rows: str) -> str:
    lines = "".join(f"{row}\n" for row in rows)
    return entry("t", "TABLE DATA", f"COPY {name} (id) FROM stdin;\n{lines}\\.\n")


def read(text: str) -> Content:
    return read_content(io.BytesIO(text.encode()))


def census(rows: int = 2, sequences: int = 0, views: int = 0, functions: int = 0) -> Census:
    table = TableCount(table="public.t", rows=rows)
    return Census(tables=(table,), sequences=sequences, views=views, functions=functions)


def test_rows_and_objects_are_counted() -> None:
    content = read(
        copied("public.t", "1", "2")
        + copied("public.empty")
        + entry("s", "SEQUENCE", "CREATE SEQUENCE public.s;")
        + entry("s", "SEQUENCE SET", "SELECT 1;")
        + entry("s", "SEQUENCE OWNED BY", "ALTER SEQUENCE public.s OWNED BY public.t.id;")
        + entry("v", "VIEW", "CREATE VIEW public.v AS SELECT 1;")
        + entry("m", "MATERIALIZED VIEW", "CREATE MATERIALIZED VIEW public.m AS SELECT 1;")
        + entry("f()", "FUNCTION", "CREATE FUNCTION f() ...;")
        + entry("p()", "PROCEDURE", "CREATE PROCEDURE p() ...;")
        + entry("FUNCTION f()", "COMMENT", "COMMENT ON FUNCTION f() IS 'x';")
        + END
    )
    assert content == Content({"public.t": 2, "public.empty": 0}, 1, 2, 2, is_complete=True)


def test_copy_outside_of_a_data_entry_is_text() -> None:
    content = read(
        entry("f()", "FUNCTION", "AS $$\nCOPY public.t (id) FROM stdin;\n$$") + copied("public.t", "1") + END
    )
    assert content.rows == {"public.t": 1}


@pytest.mark.parametrize("tail", [END, END + "\\unrestrict abc\n\n", END.rstrip("\n")])
def test_the_closing_words_end_a_dump(tail: str) -> None:
    assert read(copied("public.t", "1", "2") + tail).is_complete == tail.endswith("\n")


@pytest.mark.parametrize("after", ["SELECT 1;\n", "--\n-- Name: x; Type: VIEW; Schema: public; Owner: me\n--\n"])
def test_words_that_stand_elsewhere_do_not_end_a_dump(after: str) -> None:
    assert not read(END + after).is_complete


def test_rows_that_never_end_are_a_cut() -> None:
    whole = copied("public.t", "1", "2") + END
    cut = whole[: whole.index("\\.")]
    assert shortfall(census(), read(cut)) == "the end of the dump is missing"


@given(st.text(min_size=1, max_size=12).filter(lambda name: "\0" not in name and name.isprintable()))
def test_any_table_name_is_read_as_it_was_quoted(name: str) -> None:
    quoted = f'"{name.replace(chr(34), chr(34) * 2)}"'
    assert read(copied(f"{quoted}.{quoted}", "1") + END).rows == {str(QualifiedName(name, name)): 1}


def test_a_line_longer_than_the_buffer_is_one_row() -> None:
    assert read(copied("public.t", "x" * 3_000_000, "y" * (1 << 20), "z") + END).rows == {"public.t": 3}


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        (census(), ""),
        (census(rows=-1), ""),
        (census(rows=3), "public.t has 2 rows in the backup and 3 in the database"),
        (census(rows=1), "public.t has 2 rows in the backup and 1 in the database"),
        (census(sequences=1), "it holds 0 sequences, the database 1"),
        (census(views=1), "it holds 0 views, the database 1"),
        (census(functions=1), "it holds 0 functions, the database 1"),
        (
            Census(tables=(TableCount(table="public.u", rows=-1),), sequences=0, views=0, functions=0),
            "the rows of public.u are missing",
        ),
    ],
)
def test_what_is_missing_is_named(expected: Census, why: str) -> None:
    assert shortfall(expected, read(copied("public.t", "1", "2") + END)) == why


def test_large_tables_are_counted_in_the_dump() -> None:
    assert filled(census(rows=-1), read(copied("public.t", "1", "2") + END)) == census(rows=2)
