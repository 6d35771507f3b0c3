"""Rules on columns and constraints: what they find, what they leave alone, and the safe way that they write out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import FAMILIES
from migsafe.planner.rules.rule import Rule
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Policies
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from migsafe.schemas.finding import Finding

TODAY = dt.date(2026, 1, 15)
NEXT = "-- next migration\n"
LIVE = """
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), age int, seen timestamp);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total int);
CREATE INDEX orders_user_id_idx ON orders (user_id);
"""


def judged(sql: str, number: int) -> Judged:
    path = f"migrations/{number}.sql"
    return Judged(f"{number}.sql", path, divide(parse(sql.encode(), path)))


def findings(sql: str, before: str = LIVE, major: int | None = None) -> list[Finding]:
    """What is said of migrations (divided by NEXT) on tables that are in use."""
    migrations = [judged(text, number) for number, text in enumerate([before, *sql.split(NEXT)])]
    said = judge(migrations, SchemaState(), Policies(), Surroundings(major=major), TODAY)
    return [finding for each in said.findings[1:] for finding in each]


def found(sql: str, before: str = LIVE, major: int | None = None) -> set[str]:
    return {finding.rule for finding in findings(sql, before, major)}


def warned(sql: str, before: str = LIVE, major: int | None = None) -> set[str]:
    """Rules that do more than inform."""
    graver = (each for each in findings(sql, before, major) if each.severity.rank > Severity.NOTICE.rank)
    return {finding.rule for finding in graver}


DANGEROUS = {
    "ALTER TABLE users ALTER COLUMN age SET NOT NULL": "set-not-null-scan",
    "ALTER TABLE users ADD COLUMN c int NOT NULL": "add-column-not-null-no-default",
    "ALTER TABLE users ADD COLUMN c uuid DEFAULT gen_random_uuid()": "add-column-volatile-default",
    "ALTER TABLE users ADD COLUMN c bigserial": "add-column-serial",
    "ALTER TABLE users ADD COLUMN c int GENERATED ALWAYS AS (age) STORED": "add-column-stored-generated",
    "ALTER TABLE users ADD COLUMN c int UNIQUE": "add-column-inline-unique",
    "ALTER TABLE users ADD COLUMN c bigint DEFAULT NULL REFERENCES orders": "add-column-inline-fk",
    "ALTER TABLE users ADD CONSTRAINT u UNIQUE (email)": "add-unique-constraint",
    "ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (id)": "add-pk-no-using-index",
    "ALTER TABLE users ADD CONSTRAINT k CHECK (age > 0)": "add-check-valid",
    "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users": "add-fk-valid",
    "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID": "add-fk-locks-both",
    "ALTER TABLE users ADD CONSTRAINT e EXCLUDE (age WITH =)": "add-exclusion-constraint",
    "ALTER TABLE users ALTER COLUMN age TYPE bigint": "alter-column-type-rewrite",
    "ALTER TABLE users ALTER COLUMN seen TYPE timestamptz": "alter-column-type-timezone-dependent",
}
HARMLESS = [
    "ALTER TABLE users ALTER COLUMN email TYPE text",
    "ALTER TABLE users ALTER COLUMN email TYPE varchar(80)",
    "ALTER TABLE users ADD COLUMN c int NOT NULL DEFAULT 1",
    "ALTER TABLE users ADD COLUMN c timestamptz DEFAULT now()",
    "ALTER TABLE users ADD COLUMN c text",
    "ALTER TABLE users ADD COLUMN c bigint REFERENCES orders",
    "ALTER TABLE users ADD CONSTRAINT k CHECK (age > 0) NOT VALID",
    "CREATE TABLE n (id bigint PRIMARY KEY, user_id bigint REFERENCES users); CREATE INDEX ON n (user_id)",
]


@pytest.mark.parametrize(("sql", "rule"), DANGEROUS.items())
def test_what_keeps_a_live_table_waiting_is_found(sql: str, rule: str) -> None:
    assert rule in found(sql)


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_is_free_is_not_spoken_of_in_these_families(sql: str) -> None:
    names = {rule.name for family in OURS for rule in FAMILIES[family]}
    assert found(sql) & names - {"fk-missing-index"} == set()


def test_validate_alone_and_a_proven_not_null_are_free() -> None:
    before = LIVE + "ALTER TABLE users ADD CONSTRAINT k CHECK (age IS NOT NULL) NOT VALID;"
    assert found("ALTER TABLE users VALIDATE CONSTRAINT k", before) == set()
    proven = LIVE + "ALTER TABLE users ADD CONSTRAINT k CHECK (age IS NOT NULL);"
    assert found("ALTER TABLE users ALTER COLUMN age SET NOT NULL", proven) == set()


OURS = ("adding_columns", "changing_columns", "constraints")
EXAMPLES = [rule for family in OURS for rule in FAMILIES[family]]


def safer(rule: Rule) -> str:
    """The SQL that the rule offers in place of its unsafe example."""
    major = rule.since if rule.since > 13 else rule.until
    hits = (each for each in findings(rule.unsafe, rule.before, major) if each.rule == rule.name)
    return next((each.safer for each in hits), "")


OFFERED = [(rule, sql) for rule in EXAMPLES if (sql := safer(rule))]


@pytest.mark.parametrize(("rule", "sql"), OFFERED, ids=lambda each: each.name if isinstance(each, Rule) else "")
def test_no_rule_warns_of_the_sql_that_a_rule_offers(rule: Rule, sql: str) -> None:
    """But for what the statement does besides: a change of type may be refused for its default, and rewrite too."""
    assert warned(sql, rule.before) <= warned(rule.unsafe, rule.before) - {rule.name}


def test_most_rules_with_a_mechanical_rewrite_offer_it() -> None:
    assert len(OFFERED) >= 20


def test_a_constraint_without_a_name_is_given_one_to_validate_it_by() -> None:
    (each,) = [each for each in findings("ALTER TABLE users ADD CHECK (age > 0) -- why") if each.safer]
    assert each.safer.splitlines() == [
        "ALTER TABLE users ADD CONSTRAINT users_check CHECK (age > 0) -- why",
        " NOT VALID;",
        "-- next migration",
        "ALTER TABLE users VALIDATE CONSTRAINT users_check;",
    ]


def test_a_column_with_all_at_once_keeps_its_other_parts() -> None:
    sql = 'ALTER TABLE users ADD COLUMN "Größe" uuid DEFAULT gen_random_uuid() NOT NULL CHECK ("Größe" IS NOT NULL)'
    offered = {each.rule: each.safer for each in findings(sql)}
    lines = offered["add-column-volatile-default"].splitlines()
    assert lines[0] == 'ALTER TABLE users ADD COLUMN "Größe" uuid CHECK ("Größe" IS NOT NULL);'
    assert lines[1] == 'ALTER TABLE users ALTER COLUMN "Größe" SET DEFAULT gen_random_uuid();'


def test_a_statement_that_does_more_is_not_written_anew() -> None:
    (each,) = findings("ALTER TABLE users ADD COLUMN c text, ADD CONSTRAINT k CHECK (age > 0)")
    assert (each.rule, each.safer) == ("add-check-valid", "")


def test_a_statement_of_a_code_block_is_found_but_nothing_is_offered_in_its_place() -> None:
    (each,) = findings("DO $$ BEGIN ALTER TABLE users ALTER COLUMN age SET NOT NULL; END $$")
    assert (each.rule, each.safer) == ("set-not-null-scan", "")


def test_a_key_whose_index_says_more_is_not_written_anew() -> None:
    (each,) = findings("ALTER TABLE users ADD CONSTRAINT u UNIQUE (email) INCLUDE (age)")
    assert (each.rule, each.safer) == ("add-unique-constraint", "")


def test_under_utc_a_timestamp_becomes_timestamptz_for_nothing() -> None:
    sql = "SET LOCAL timezone = 'UTC'; ALTER TABLE users ALTER COLUMN seen TYPE timestamptz"
    assert warned(sql) == set()


def test_a_stable_function_of_the_schema_is_no_volatile_default() -> None:
    function = "CREATE FUNCTION f() RETURNS int STABLE LANGUAGE sql RETURN 1;"
    assert found("ALTER TABLE users ADD COLUMN c int DEFAULT f()", LIVE + function) == set()
    loose = function.replace(" STABLE", "")
    assert found("ALTER TABLE users ADD COLUMN c int DEFAULT f()", LIVE + loose) == {"add-column-volatile-default"}


def test_a_view_over_several_tables_is_not_sure_to_stop_a_change_of_type() -> None:
    view = "CREATE VIEW v AS SELECT email, total FROM users JOIN orders ON user_id = users.id;"
    rule = "alter-column-type-view-dependent"
    assert rule not in found("ALTER TABLE users ALTER COLUMN email TYPE text", LIVE + view)
    single = "CREATE VIEW v AS SELECT email FROM users;"
    assert rule in found("ALTER TABLE users ALTER COLUMN email TYPE text", LIVE + single)


def test_only_the_columns_of_a_foreign_key_lock_its_other_table() -> None:
    key = LIVE + "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users;"
    rule = "alter-column-type-with-fk"
    assert rule not in found("ALTER TABLE users ALTER COLUMN email TYPE text", key)
    assert rule in found("ALTER TABLE users ALTER COLUMN id TYPE numeric", key)


def test_set_null_is_for_columns_that_may_be_null_when_the_statement_is_done() -> None:
    before = "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (a int NOT NULL, b int NOT NULL);"
    key = "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES r ON DELETE SET NULL NOT VALID"
    rule = "fk-set-null-on-not-null"
    assert rule in found(f"ALTER TABLE t {key}", before)
    assert rule not in found(f"ALTER TABLE t ALTER COLUMN a DROP NOT NULL, {key}", before)


def test_a_column_that_the_migration_adds_and_fills_may_become_not_null() -> None:
    sql = "ALTER TABLE users ADD COLUMN c int; {} ALTER TABLE users ALTER COLUMN c SET NOT NULL"
    rule = "set-not-null-data-dependent"
    assert rule in found(sql.format(""))
    assert rule not in found(sql.format("UPDATE users SET c = 1 WHERE id > 0;"))


def test_a_not_valid_constraint_of_the_last_migration_may_be_validated_yet() -> None:
    added = "ALTER TABLE users ADD CONSTRAINT k CHECK (age > 0) NOT VALID;\n"
    rule = "not-valid-never-validated"
    assert rule not in found(added)
    assert rule in found(f"{added}{NEXT}ALTER TABLE users ADD COLUMN c int;")


def test_a_foreign_key_is_indexed_by_whatever_index_begins_with_its_columns() -> None:
    table = "CREATE TABLE n (a bigint, b bigint REFERENCES users, {})"
    assert "fk-missing-index" in found(table.format("PRIMARY KEY (a, b)"))
    assert "fk-missing-index" not in found(table.format("PRIMARY KEY (b, a)"))


def test_a_default_must_go_before_a_type_that_it_cannot_be_cast_to() -> None:
    before = LIVE + "ALTER TABLE users ADD COLUMN data text DEFAULT '{}';"
    change = "ALTER COLUMN data TYPE jsonb USING data::jsonb"
    rule = "column-type-dropped-default"
    assert rule in found(f"ALTER TABLE users {change}", before)
    assert rule not in found(f"ALTER TABLE users ALTER COLUMN data DROP DEFAULT, {change}", before)
    assert rule not in found(f"ALTER TABLE users ALTER COLUMN data DROP DEFAULT; ALTER TABLE users {change}", before)
