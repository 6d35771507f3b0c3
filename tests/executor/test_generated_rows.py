"""Generated rows obey what the tables ask, are the same each time, and say so where none are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog_samples import catalog_of
from migsafe.executor.rehearse.rows import generate_rows
from migsafe.executor.rehearse.values import Share

if TYPE_CHECKING:
    import psycopg

    from conftest import Connect
    from migsafe.executor.rehearse.rows import Generated

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%');
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
CREATE TABLE parents (id uuid PRIMARY KEY, code varchar(4) UNIQUE NOT NULL, n int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE children (
    id bigserial PRIMARY KEY,
    parent uuid NOT NULL REFERENCES parents,
    feeling mood NOT NULL,
    mail email,
    status text CHECK (status IN ('new', 'paid')),
    tags text[] NOT NULL,
    payload jsonb NOT NULL,
    during tstzrange,
    price numeric(6, 2) CHECK (price >= 0),
    twice numeric GENERATED ALWAYS AS (price * 2) STORED
);
CREATE TRIGGER refused BEFORE INSERT ON children FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TABLE odd (a int CHECK (a < 0));
"""


def filled(connection: psycopg.Connection, url: str, statistics: dict[tuple[str, str], Share]) -> dict[str, Generated]:
    connection.execute(TABLES.encode())
    return {each.table: each for each in generate_rows(url, catalog_of(connection), 20, statistics)}


def test_rows_obey_types_keys_checks_and_references_and_no_trigger_fires(database: str, connect: Connect) -> None:
    connection = connect(database)
    found = filled(connection, database, {})
    assert (found["public.parents"].rows, found["public.children"].rows) == (20, 20)
    assert connection.execute("SELECT count(*) FROM children JOIN parents ON parent = parents.id").fetchone() == (20,)


def test_a_table_that_takes_no_row_says_why(database: str, connect: Connect) -> None:
    found = filled(connect(database), database, {})
    assert found["public.odd"].rows == 0
    assert "odd_a_check" in found["public.odd"].refused


def test_rows_are_the_same_each_time(database: str, connect: Connect) -> None:
    connection = connect(database)
    filled(connection, database, {})
    query = "SELECT md5(string_agg(children::text, ' ' ORDER BY id)) FROM children"
    first = connection.execute(query).fetchone()
    connection.execute("TRUNCATE parents, children RESTART IDENTITY")
    generate_rows(database, catalog_of(connection), 20)
    assert connection.execute(query).fetchone() == first


def test_statistics_steer_nulls_and_distinct_values(database: str, connect: Connect) -> None:
    connection = connect(database)
    told = {("public.children", "mail"): Share(0.5, None), ("public.children", "price"): Share(0, 3)}
    found = filled(connection, database, told)
    assert found["public.children"].refused == ""
    row = connection.execute("SELECT count(mail) < 18, count(DISTINCT price) FROM children").fetchone()
    assert row == (True, 3)
