"""The catalog of a real server: all that migrations can change, and nothing that differs between equal databases."""

from __future__ import annotations

import itertools
import time
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from catalog_samples import EVERYTHING, catalog_of
from migsafe.executor.catalog.reader import OF_DEPENDENCIES, OF_RELATIONS, OF_THE_REST
from migsafe.executor.catalog.rest import SHOWS_SUBSCRIPTIONS
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.survey import fingerprints, survey
from migsafe.schemas.catalog import Catalog, CatalogKind, GeneratedKind
from migsafe.schemas.catalog.fingerprint import changed_fingerprints, object_fingerprints, overall_fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

    from migsafe.executor.server.embedded import Server

VIRTUAL_COLUMNS = 180_000
"""The first server_version with virtual generated columns, NOT ENFORCED, and NOT NULL constraints with names."""

_numbers = itertools.count(1)


@pytest.fixture
def everything(database: str, connect: Callable[[str], psycopg.Connection]) -> psycopg.Connection:
    """A database with every kind of object."""
    connection = connect(database)
    connection.execute(EVERYTHING.encode())
    return connection


@pytest.fixture
def another(server: Server, connect: Callable[[str], psycopg.Connection]) -> Iterator[Callable[[], psycopg.Connection]]:
    """A function that makes one more empty database and connects to it."""
    made: list[str] = []

    def make() -> psycopg.Connection:
        name = f"another_{next(_numbers)}"
        made.append(name)
        return connect(create_database(server, name))

    yield make
    for name in made:
        drop_database(server, name)


def test_every_kind_of_object_is_read(everything: psycopg.Connection) -> None:
    found = {each.identity.kind for each in catalog_of(everything).objects()}
    parts = {"column", "default", "constraint", "index", "trigger", "policy", "rule", "statistics"}
    assert {kind.value for kind in set(CatalogKind) - found} == {*parts, "subscription"}


def test_a_subscription_is_read_without_where_it_connects_to(everything: psycopg.Connection) -> None:
    """Made here alone: a database that has one cannot be dropped or copied."""
    if everything.info.server_version < SHOWS_SUBSCRIPTIONS:
        pytest.skip("PostgreSQL 13 shows an ordinary role no subscription")
    everything.execute(
        "CREATE SUBSCRIPTION abroad CONNECTION 'host=far password=geheim' PUBLICATION changes"
        " WITH (connect = false, slot_name = NONE)"
    )
    try:
        (found,) = (each for each in catalog_of(everything).others if each.kind is CatalogKind.SUBSCRIPTION)
    finally:
        everything.execute("DROP SUBSCRIPTION abroad")
    assert found.name == "abroad"
    assert "PUBLICATION changes WITH (enabled = f, slot_name = NONE" in found.definition
    assert "geheim" not in found.definition


def test_options_of_a_foreign_data_wrapper_show_their_names_alone(everything: psycopg.Connection) -> None:
    everything.execute("ALTER FOREIGN DATA WRAPPER far OPTIONS (ADD key 'geheim')")
    try:
        (found,) = (each for each in catalog_of(everything).others if each.kind is CatalogKind.FOREIGN_DATA_WRAPPER)
    finally:
        everything.execute("ALTER FOREIGN DATA WRAPPER far OPTIONS (DROP key)")
    assert found.definition == "CREATE FOREIGN DATA WRAPPER far OPTIONS (key)"


def test_every_part_of_a_table_is_read(everything: psycopg.Connection) -> None:
    orders = next(table for table in catalog_of(everything).tables if table.name == "public.orders")
    assert [column.name for column in orders.columns] == "id customer_id note mail feeling total twice".split()
    assert orders.columns[6].generated is GeneratedKind.STORED
    assert [constraint.name for constraint in orders.constraints] == ["of_customer", "orders_pkey", "positive"]
    assert (orders.constraints[0].referenced, orders.constraints[0].referenced_columns) == ("public.customers", ("id",))
    index = orders.indexes[0]
    assert (index.keys, index.include) == (("lower((note)::text)", "total"), ("mail",))
    assert index.columns == ("feeling", "mail", "note", "total")
    assert orders.indexes[1].constraint == "orders_pkey"
    assert [trigger.columns for trigger in orders.triggers] == [("note",)]
    assert [policy.using for policy in orders.policies] == ["public.mine((note)::text)"]
    assert [each.name for each in orders.statistics] == ["public.orders_both"]


def test_a_view_tells_what_it_reads(everything: psycopg.Connection) -> None:
    recent = next(view for view in catalog_of(everything).views if view.name == "public.recent")
    assert [(read.relation, read.columns) for read in recent.reads] == [("public.orders", ("id", "note", "total"))]


def test_what_depends_on_a_column_a_type_or_a_function_is_told(everything: psycopg.Connection) -> None:
    told = {(str(each.dependent), str(each.on)) for each in catalog_of(everything).dependencies}
    assert told >= {
        ("view public.recent", "column public.orders.total"),
        ("policy own on public.orders", "column public.orders.note"),
        ("policy own on public.orders", "function public.mine(who text)"),
        ("trigger touched on public.orders", "column public.orders.note"),
        ("trigger touched on public.orders", "function public.touch()"),
        ("column public.orders.twice", "column public.orders.total"),
        ("column public.orders.feeling", "enum public.mood"),
        ("column public.orders.mail", "domain public.email"),
        ("constraint of_customer on public.orders", "column public.customers.id"),
        ("publication changes", "table public.customers"),
        ("function public.as_number(public.mood)", "enum public.mood"),
        ("index public.orders_note", "enum public.mood"),
    }
    assert ("constraint positive on public.orders", "column public.orders.total") not in told


def test_no_secret_of_a_foreign_server_is_read(everything: psycopg.Connection) -> None:
    text = catalog_of(everything).model_dump_json()
    assert "geheim" not in text
    assert "password" in text


def test_equal_databases_made_in_different_order_are_equal(another: Callable[[], psycopg.Connection]) -> None:
    tables = [
        "CREATE TABLE a (id int PRIMARY KEY, n text NOT NULL)",
        "CREATE TABLE b (id bigint, x text DEFAULT 'y')",
        "CREATE TYPE mood AS ENUM ('x', 'y')",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ]
    rest = [
        "CREATE INDEX a_n ON a (n)",
        "ALTER TABLE b ADD CONSTRAINT c CHECK (id > 0)",
        "ALTER TABLE b ADD CONSTRAINT u UNIQUE (x)",
        "CREATE POLICY p ON a USING (f() = 1)",
        "CREATE POLICY q ON a USING (n = 'x')",
        "CREATE VIEW v AS SELECT a.n, b.x FROM a JOIN b ON a.id = b.id",
        "GRANT SELECT ON a TO PUBLIC",
        "GRANT INSERT ON a TO pg_monitor",
        "COMMENT ON TABLE a IS 'one'",
    ]
    first, second = another(), another()
    first.execute(";".join([*tables, *rest]).encode())
    second.execute(b"CREATE TABLE other (id serial); DROP TABLE other")
    second.execute(";".join([*reversed(tables), *reversed(rest)]).encode())
    assert catalog_of(first) == catalog_of(second)
    assert overall_fingerprint(catalog_of(first)) == overall_fingerprint(catalog_of(second))
    assert object_fingerprints(catalog_of(first)) == object_fingerprints(catalog_of(second))


def test_the_fingerprints_of_what_changed_are_those_among_all(another: Callable[[], psycopg.Connection]) -> None:
    connection = another()
    connection.execute("CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE INDEX b_id ON b (id)")
    before = catalog_of(connection)
    connection.execute("DROP TABLE a; CREATE VIEW v AS SELECT id FROM b; ALTER INDEX b_id RENAME TO renamed")
    after = catalog_of(connection)
    old, new = ({one.object: one.fingerprint for one in object_fingerprints(each)} for each in (before, after))
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    assert changed == {"public.a", "public.b", "public.b_id", "public.renamed", "public.v"}
    expected = tuple({name: all_[name] for name in all_.keys() & changed} for all_ in (old, new))
    assert changed_fingerprints(before, after) == expected


def test_a_dropped_column_leaves_no_trace(another: Callable[[], psycopg.Connection]) -> None:
    first, second = another(), another()
    first.execute("CREATE TABLE t (a int, c text NOT NULL UNIQUE CHECK (c <> ''), d int REFERENCES t (a), UNIQUE (a))")
    second.execute("CREATE TABLE t (a int, b int, c text NOT NULL UNIQUE CHECK (c <> ''), UNIQUE (a))")
    second.execute("ALTER TABLE t ADD d int REFERENCES t (a)")
    second.execute("CREATE INDEX ON t (b); ALTER TABLE t DROP b")
    assert catalog_of(first) == catalog_of(second)


def test_objects_of_an_extension_are_left_out(everything: psycopg.Connection) -> None:
    before = catalog_of(everything)
    everything.execute("CREATE EXTENSION pg_trgm")
    after = catalog_of(everything)
    assert {each.name for each in after.extensions} - {each.name for each in before.extensions} == {"pg_trgm"}
    assert after.model_copy(update={"extensions": before.extensions}) == before


def test_of_other_schemas_only_what_migrations_put_there_is_read(
    database: str, connect: Callable[[str], psycopg.Connection]
) -> None:
    connection = connect(database)
    connection.execute("CREATE FUNCTION greet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    for schema in ("auth", "storage", "elsewhere"):
        connection.execute(
            f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.t (id int); CREATE POLICY p ON {schema}.t USING (true);"
            f"CREATE FUNCTION {schema}.own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            f"CREATE TRIGGER own BEFORE INSERT ON {schema}.t FOR EACH ROW EXECUTE FUNCTION {schema}.own()".encode()
        )
    connection.execute("CREATE TRIGGER greeted AFTER INSERT ON auth.t FOR EACH ROW EXECUTE FUNCTION greet()")
    connection.execute("DO $$ BEGIN CREATE ROLE supabase_auth_admin; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    connection.execute("ALTER TABLE auth.t OWNER TO supabase_auth_admin")
    connection.execute("ALTER TABLE storage.t OWNER TO supabase_auth_admin")
    found = catalog_of(connection)
    assert found.tables == ()
    assert [str(trigger.identity) for trigger in found.triggers] == ["trigger greeted on auth.t"]
    assert [str(policy.identity) for policy in found.policies] == ["policy p on auth.t", "policy p on storage.t"]
    connection.execute("DROP SCHEMA auth, storage CASCADE")


def test_relations_read_by_name_have_the_fingerprints_of_the_whole(everything: psycopg.Connection) -> None:
    whole = survey(everything, ("public",)).fingerprints
    names = tuple(one.object for one in whole if " " not in one.object)
    assert len(names) > 10
    assert fingerprints(everything, names) == tuple(one for one in whole if one.object in names)


def test_a_catalog_comes_back_from_json(everything: psycopg.Connection) -> None:
    found = catalog_of(everything)
    assert Catalog.model_validate_json(found.model_dump_json()) == found


def test_not_null_is_told_alike_by_all_majors(everything: psycopg.Connection) -> None:
    everything.execute("CREATE TABLE t (a int NOT NULL, b int)")
    table = next(table for table in catalog_of(everything).tables if table.name == "public.t")
    assert table.constraints == ()
    assert [column.not_null for column in table.columns] == [True, False]


def test_what_came_with_postgres_18(everything: psycopg.Connection) -> None:
    if everything.info.server_version < VIRTUAL_COLUMNS:
        pytest.skip("needs PostgreSQL 18")
    everything.execute("CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)")
    everything.execute("ALTER TABLE t ADD CONSTRAINT told NOT NULL a NOT VALID, ADD CHECK (a > 0) NOT ENFORCED")
    table = next(table for table in catalog_of(everything).tables if table.name == "public.t")
    assert not table.columns[0].not_null
    assert table.columns[1].generated is GeneratedKind.VIRTUAL
    assert [(one.kind.value, one.valid, one.enforced) for one in table.constraints] == [
        ("check", False, False),
        ("not null", False, True),
    ]


def test_a_thousand_tables_are_read_in_a_moment(database: str, connect: Callable[[str], psycopg.Connection]) -> None:
    connection = connect(database)
    for start in range(0, 1000, 250):
        connection.execute(
            f"""
            DO $$ BEGIN
                FOR number IN {start + 1}..{start + 250} LOOP
                    EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, a text DEFAULT ''x'', b int)', number);
                    EXECUTE format('CREATE POLICY p ON t%s USING (b > 0)', number);
                END LOOP;
            END $$""".encode()
        )
    shortest = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        catalog_of(connection)
        shortest = min(shortest, time.perf_counter() - begun)
    assert shortest < 3, "aim: 0.5 s on a quiet machine"


def test_all_queries_are_sent_in_one_round_trip() -> None:
    names = {entry.name for entry in files("migsafe.executor.catalog").iterdir() if entry.name.endswith(".sql")}
    assert names == {
        "scope.sql",
        "published_schemas.sql",
        "subscriptions.sql",
        *OF_RELATIONS,
        *OF_THE_REST,
        *OF_DEPENDENCIES,
    }
