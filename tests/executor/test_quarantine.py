"""What is dropped under the policy `quarantine` is kept, out of reach, and comes back with its rows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from applying import ledger_of, run, value
from keeping import Project
from migsafe.cli.flows.forcing import forced
from migsafe.executor.quarantine import look
from migsafe.executor.survey import survey
from migsafe.schemas.effect import Loss
from migsafe.schemas.plan import UndoClass
from migsafe.schemas.problem import Refusal, RolledBack
from migsafe.schemas.quarantine import QUARANTINE
from migsafe.schemas.seal import plan_text
from migsafe.schemas.step import statements_of

if TYPE_CHECKING:
    from migsafe.schemas.catalog import Catalog
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.step import StatementText

SHOP = """
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE,
    fax text NOT NULL, plan text NOT NULL DEFAULT 'free', age int CHECK (age > 0));
COMMENT ON COLUMN users.fax IS 'by hand';
CREATE INDEX users_plan_idx ON users (plan) WHERE plan <> 'free';
CREATE TABLE orders (id serial PRIMARY KEY, user_id bigint REFERENCES users, note text DEFAULT 'none');
CREATE INDEX orders_user_idx ON orders (user_id);
CREATE STATISTICS orders_stat ON user_id, note FROM orders;
COMMENT ON TABLE orders IS 'what people ordered';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON orders USING (note <> 'hidden');
GRANT SELECT, INSERT ON orders TO PUBLIC;
GRANT SELECT (fax) ON users TO PUBLIC;
CREATE PUBLICATION news FOR TABLE orders, users;
INSERT INTO users (email, fax, plan, age) VALUES ('a@x', '1', 'free', 3), ('b@x', '2', 'paid', 4);
INSERT INTO orders (user_id) VALUES (1), (2), (2);
"""


@pytest.fixture
def shop(database: str) -> Project:
    """A target with users and their orders."""
    project = Project(database)
    project.up("1_shop", SHOP)
    return project


def catalog(url: str) -> Catalog:
    with psycopg.connect(url, autocommit=True) as connection:
        return survey(connection, ("public",)).catalog


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def run_sql(url: str, sql: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.encode())


def texts(plan: Plan) -> list[StatementText]:
    return [text for one in plan.migrations for step in one.steps for text in statements_of(step)]


def refusals(plan: Plan) -> str:
    assert not plan.verdict.allowed
    return " ".join(plan.verdict.reasons)


def test_a_dropped_table_comes_back_with_its_rows_and_all_that_belongs_to_it(shop: Project) -> None:
    before, held = catalog(shop.url), rows(shop.url, "SELECT * FROM orders ORDER BY id")
    plan = shop.up("2_drop", "DROP TABLE orders;", "CREATE TABLE orders (id int);")
    (text,) = texts(plan)
    assert text.instead_of == "DROP TABLE orders;"
    assert all(effect.loss is Loss.NONE for effect in text.effects)
    assert plan.migrations[0].undo.undo_class is UndoClass.LOSSLESS
    assert value(shop.url, "SELECT to_regclass('orders')") is None
    (kept,) = ledger_of(shop.url).quarantine
    assert value(shop.url, f"SELECT count(*) FROM {kept.object.place}") == 3
    run_sql(shop.url, "INSERT INTO users (email, fax) VALUES ('c@x', '3')")
    shop.down()
    assert rows(shop.url, "SELECT * FROM orders ORDER BY id") == held
    assert catalog(shop.url) == before
    assert ledger_of(shop.url).quarantine == ()
    assert value(shop.url, "INSERT INTO orders (user_id) VALUES (3) RETURNING id") == 4


def test_dropped_columns_come_back_with_values_constraints_indexes_and_rights(shop: Project) -> None:
    run_sql(shop.url, "ALTER TABLE users ADD CONSTRAINT fax_plan UNIQUE (fax, plan)")
    before = catalog(shop.url)
    up = "ALTER TABLE users ADD COLUMN born date, DROP COLUMN fax, DROP COLUMN plan, DROP COLUMN age;"
    down = (
        "ALTER TABLE users DROP COLUMN born, ADD COLUMN fax text NOT NULL DEFAULT '';\n"
        "ALTER TABLE users ADD COLUMN plan text;\nUPDATE users SET plan = 'free';\n"
        "ALTER TABLE users ADD COLUMN age int, ADD CONSTRAINT users_age_check CHECK (age > 0);\n"
    )
    shop.up("2_drop", up, down)
    assert value(shop.url, "SELECT count(*) FROM information_schema.columns WHERE column_name = 'born'") == 1
    run_sql(shop.url, "UPDATE users SET email = 'z@x' WHERE id = 1")
    shop.down()
    held = [("z@x", "1", "free", 3), ("b@x", "2", "paid", 4)]
    assert rows(shop.url, "SELECT email, fax, plan, age FROM users ORDER BY id") == held
    assert catalog(shop.url) == before


def test_rows_written_meanwhile_have_the_default_and_not_null_stays_a_check_where_there_is_none(shop: Project) -> None:
    shop.up("2_drop", "ALTER TABLE users DROP COLUMN fax, DROP COLUMN plan;", "ALTER TABLE users ADD COLUMN fax text;")
    run_sql(shop.url, "INSERT INTO users (email) VALUES ('new@x')")
    shop.down()
    assert rows(shop.url, "SELECT fax, plan FROM users ORDER BY id") == [("1", "free"), ("2", "paid"), (None, "free")]
    with pytest.raises(psycopg.errors.CheckViolation):
        run_sql(shop.url, "INSERT INTO users (email) VALUES ('newer@x')")


def test_without_a_rollback_what_only_drops_can_be_undone(shop: Project) -> None:
    before = catalog(shop.url)
    plan = shop.up("2_drop", "DROP TABLE orders;\nALTER TABLE users DROP COLUMN fax;")
    assert plan.migrations[0].undo.undo_class is UndoClass.LOSSLESS
    shop.down()
    assert catalog(shop.url) == before


def test_what_the_rollback_makes_of_parts_and_rows_is_left_out(shop: Project) -> None:
    before, held = catalog(shop.url), rows(shop.url, "SELECT * FROM orders ORDER BY id")
    down = (
        "CREATE SEQUENCE orders_id_seq;\nCREATE TABLE orders (id int PRIMARY KEY, user_id bigint, note text);\n"
        "CREATE INDEX orders_user_idx ON orders (user_id);\nALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY mine ON orders USING (true);\nINSERT INTO orders (id) VALUES (1);\n"
        "CREATE VIEW order_notes AS SELECT note FROM orders;\nDROP VIEW order_notes;"
    )
    shop.up("2_drop", "DROP TABLE IF EXISTS orders, nothing CASCADE;", down)
    shop.down()
    assert rows(shop.url, "SELECT * FROM orders ORDER BY id") == held
    assert catalog(shop.url) == before


def test_up_again_after_down_and_two_drops_of_one_name_over_time(shop: Project) -> None:
    shop.up("2_drop", "DROP TABLE orders;", "CREATE TABLE orders (id int);")
    shop.down()
    shop.up()
    shop.up("3_anew", "CREATE TABLE orders (id serial PRIMARY KEY, v int);", "DROP TABLE orders;")
    run_sql(shop.url, "INSERT INTO orders (v) VALUES (7)")
    shop.up("4_drop", "DROP TABLE orders;", "CREATE TABLE orders (id int);")
    places = [each.object.place for each in ledger_of(shop.url).quarantine]
    assert len(set(places)) == 2
    shop.down()
    assert rows(shop.url, "SELECT * FROM orders") == [(1, 7)]
    shop.down(2)
    assert value(shop.url, "SELECT count(*) FROM orders") == 3


def test_a_new_table_of_the_old_name_is_never_overwritten(shop: Project) -> None:
    shop.up("2_drop", "DROP TABLE orders;", "CREATE TABLE orders (id int);")
    run_sql(shop.url, "CREATE TABLE orders (id int)")
    with pytest.raises(Refusal, match="orders cannot come back from quarantine"):
        shop.plan_down()
    run_sql(shop.url, "DROP TABLE orders; ALTER TABLE users ADD COLUMN later int")
    shop.up("3_column", "ALTER TABLE users DROP COLUMN fax;", "ALTER TABLE users ADD COLUMN fax text;")
    run_sql(shop.url, "ALTER TABLE users ADD COLUMN fax int")
    with pytest.raises(Refusal, match="another column fax"):
        shop.plan_down()


def test_a_drop_and_a_new_table_in_one_migration_go_both_ways(shop: Project) -> None:
    up = "DROP TABLE orders;\nCREATE TABLE orders (id int PRIMARY KEY);"
    shop.up("2_anew", up, "DROP TABLE orders;\nCREATE TABLE orders (id int);")
    assert value(shop.url, "SELECT count(*) FROM orders") == 0
    shop.down()
    assert value(shop.url, "SELECT count(*) FROM orders") == 3


def test_names_of_63_bytes_are_kept(database: str) -> None:
    project, name, column = Project(database), "ü" * 31 + "x", "a" * 62 + '"'
    quoted = '"' + column.replace('"', '""') + '"'
    project.up("1_long", f'CREATE TABLE "{name}" ({quoted} int, b int); INSERT INTO "{name}" VALUES (1, 2);')
    before = catalog(database)
    project.up("2_column", f'ALTER TABLE "{name}" DROP COLUMN {quoted};')
    project.up("3_table", f'DROP TABLE "{name}";')
    project.down(2)
    assert catalog(database) == before
    assert rows(database, f'SELECT * FROM "{name}"') == [(1, 2)]


def test_a_drop_that_would_fail_still_fails(shop: Project) -> None:
    with pytest.raises(RolledBack, match="other objects depend on it"):
        shop.up("2_drop", "DROP TABLE users;", "CREATE TABLE users (id int);")
    assert value(shop.url, f"SELECT to_regnamespace('{QUARANTINE}')") is None
    shop.migrations.pop()
    run_sql(shop.url, "CREATE VIEW faxes AS SELECT fax FROM users")
    with pytest.raises(RolledBack, match="other objects depend on it"):
        shop.up("2_drop", "ALTER TABLE users DROP COLUMN fax;")


@pytest.mark.parametrize(
    ("up", "why"),
    [
        ("DROP TABLE users CASCADE;", "CASCADE would take along constraint orders_user_id_fkey on public.orders"),
        ("ALTER TABLE users DROP COLUMN id;", "part of the primary key"),
        ("DROP TABLE logs;", "partitioned table"),
        ("DROP TABLE logs_1;", "a partition"),
        ("ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES users; DROP TABLE orders;", "changes it before"),
        ("DROP TABLE orders; DROP FUNCTION touch();", "trigger orders_touch on public.orders needs it"),
        ("ALTER TABLE users DROP COLUMN mood; DROP TYPE mood;", "needs it, and is kept"),
        ("DROP SCHEMA public CASCADE;", "it holds"),
        ("DROP TABLE elsewhere.t;", "its shape is not known"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_to_do(shop: Project, up: str, why: str) -> None:
    run_sql(
        shop.url,
        "CREATE TABLE logs (id int) PARTITION BY LIST (id); CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN (1);"
        "CREATE TYPE mood AS ENUM ('good'); ALTER TABLE users ADD COLUMN mood mood;"
        "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.t (id int)",
    )
    plan = shop.plan("2_drop", up)
    assert why in refusals(plan)
    assert any(each.rule == "drop-not-kept" and each.remedy for each in plan.migrations[0].findings)


def test_what_the_plan_made_itself_is_dropped(shop: Project) -> None:
    plan = shop.up(
        "2_brief",
        "CREATE TABLE brief (id int); DROP TABLE brief; ALTER TABLE users ADD x int; ALTER TABLE users DROP x;",
    )
    assert all(text.instead_of is None for text in texts(plan))
    assert ledger_of(shop.url).quarantine == ()


def test_nobody_else_has_rights_in_quarantine(shop: Project) -> None:
    run_sql(
        shop.url,
        "DROP ROLE IF EXISTS stranger; CREATE ROLE stranger; ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO stranger",
    )
    try:
        shop.up("2_drop", "DROP TABLE orders;")
        place = ledger_of(shop.url).quarantine[0].object.place
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run_sql(shop.url, f"SET ROLE stranger; SELECT * FROM {place}")
        assert value(shop.url, f"SELECT has_table_privilege('stranger', '{place}', 'SELECT')") is False
    finally:
        run_sql(shop.url, "ALTER DEFAULT PRIVILEGES REVOKE ALL ON SCHEMAS FROM stranger; DROP ROLE stranger")


def test_a_foreign_key_whose_rows_went_meanwhile_comes_back_not_valid(shop: Project) -> None:
    shop.up("2_drop", "DROP TABLE orders;")
    run_sql(shop.url, "DELETE FROM users WHERE id = 1")
    shop.down()
    assert value(shop.url, "SELECT count(*) FROM orders") == 3
    assert value(shop.url, "SELECT convalidated FROM pg_constraint WHERE conname = 'orders_user_id_fkey'") is False


def test_without_the_policy_nothing_is_done_otherwise(shop: Project) -> None:
    shop.manifest = type(shop.manifest)(version=1, project="shop")
    plan = shop.plan("2_drop", "DROP TABLE orders;\nALTER TABLE users DROP COLUMN fax;")
    assert [text.sql.strip() for text in texts(plan)] == ["DROP TABLE orders;", "ALTER TABLE users DROP COLUMN fax;"]
    assert {text.instead_of for text in texts(plan)} == {None}


DEATHS = [("StatementStarted", 1), ("StatementDone", 1), ("Committing", 1), ("StepDone", 1)]


@pytest.mark.parametrize(("event", "number"), DEATHS)
def test_killed_on_the_way_there_or_back_the_next_apply_goes_on(
    shop: Project, tmp_path: Path, event: str, number: int
) -> None:
    before = catalog(shop.url)
    up = shop.plan("2_drop", "DROP TABLE orders;\nALTER TABLE users DROP COLUMN plan;", "CREATE TABLE orders (id int);")
    killed(tmp_path, up, shop.url, event, number)
    assert kept_matches(shop.url)
    run(up, shop.url)
    down = shop.plan_down()
    killed(tmp_path, down, shop.url, event, number)
    assert kept_matches(shop.url)
    run(down, shop.url)
    assert catalog(shop.url) == before


def killed(folder: Path, plan: Plan, url: str, event: str, number: int) -> None:
    """Apply the plan in a process that is killed at an event."""
    file = folder / "plan.json"
    file.write_text(plan_text(plan), encoding="utf-8")
    tests = Path(__file__).parent.parent
    command = [sys.executable, "-P", str(tests / "killed.py"), str(file), url, event, str(number)]
    environment = os.environ | {"PYTHONPATH": str(tests)}
    subprocess.run(command, env=environment, check=False, capture_output=True, timeout=60)


def kept_matches(url: str) -> bool:
    """Whether each thing that the ledger says is kept is there, and nothing else is."""
    with psycopg.connect(url, autocommit=True) as connection:
        standing = look(connection, ledger_of(url).quarantine)
    tables = {each.entry.object.place for each in standing if each.entry.object.column is None}
    found = value(url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'migsafe_quarantine'")
    return all(each.there for each in standing) and found == len(tables)


def test_with_force_what_cannot_be_kept_is_dropped_for_good(shop: Project) -> None:
    run_sql(shop.url, "CREATE VIEW notes AS SELECT note FROM orders")
    plan = forced(shop.plan("2_drop", "DROP TABLE orders CASCADE;"), shop.manifest)
    assert plan.verdict.allowed
    run(plan, shop.url)
    assert value(shop.url, "SELECT to_regclass('notes')") is None
    assert ledger_of(shop.url).quarantine == ()
