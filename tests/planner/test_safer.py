"""The safer SQL that rules offer, tried on their own unsafe examples."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from migsafe.planner.actions import CreateIndex
from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import FAMILIES
from migsafe.planner.rules.remedies.safer import PARTING, concurrently, index_by_partition
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.policies import Policies

if TYPE_CHECKING:
    from migsafe.planner.rules.rule import Rule
    from migsafe.schemas.finding import Finding

REWRITTEN = [rule for family in ("dropping", "indexes", "partitions", "tables") for rule in FAMILIES[family]]


def judged(sql: str, number: int) -> Judged:
    return Judged(f"{number}.sql", f"{number}.sql", divide(parse(sql.encode(), f"{number}.sql")))


def findings(rule: Rule, sql: str) -> list[Finding]:
    """What the rule says of migrations after others that are in use already."""
    migrations = [judged(text, number) for number, text in enumerate([rule.before, *sql.split(PARTING)])]
    said = judge(migrations, SchemaState(), Policies(), Surroundings(), dt.date(2026, 1, 15))
    return [finding for each in said.findings[1:] for finding in each if finding.rule == rule.name]


def offers(rule: Rule) -> list[str]:
    return [finding.safer for finding in findings(rule, rule.unsafe) if finding.safer]


# These say that something goes at all: the safer SQL spares others, and they still say it of what remains.
STILL_TRUE = {"drop-column-with-constraints", "drop-table-busy-fk", "index-replace-gap"}


@pytest.mark.parametrize("rule", [rule for rule in REWRITTEN if offers(rule)], ids=lambda rule: rule.name)
def test_what_a_rule_offers_can_be_read_and_is_not_found_again(rule: Rule) -> None:
    for safer in offers(rule):
        assert findings(rule, safer) == [] or rule.name in STILL_TRUE


@pytest.mark.parametrize(
    ("sql", "safer"),
    [
        ("CREATE INDEX IF NOT EXISTS i ON t (a)", "CREATE INDEX CONCURRENTLY i ON t (a);"),
        ('create unique index "I" on t (a)', 'create unique index CONCURRENTLY "I" on t (a);'),
        ("DROP INDEX IF EXISTS i", "DROP INDEX CONCURRENTLY IF EXISTS i;"),
        ("REINDEX (VERBOSE) TABLE t", "REINDEX (VERBOSE) TABLE CONCURRENTLY t;"),
        ("CREATE /* why */ INDEX i ON t (a)", ""),
    ],
)
def test_concurrently_is_put_where_it_belongs(sql: str, safer: str) -> None:
    assert concurrently(sql) == safer


def test_an_index_of_a_partitioned_table_is_built_partition_by_partition() -> None:
    parts = (QualifiedName("events_1", "public"), QualifiedName("Events_2", "public"))
    (statement,) = parse(b"CREATE UNIQUE INDEX IF NOT EXISTS I ON public.Events(day)", "1.sql")
    (index,) = statement.actions
    assert isinstance(index, CreateIndex)
    assert index_by_partition(statement.sql, index, parts).split("\n") == [
        "CREATE UNIQUE INDEX i ON ONLY public.events(day);",
        PARTING,
        "CREATE UNIQUE INDEX CONCURRENTLY events_1_i ON public.events_1(day);",
        PARTING,
        'CREATE UNIQUE INDEX CONCURRENTLY "Events_2_i" ON public."Events_2"(day);',
        PARTING,
        "ALTER INDEX public.i ATTACH PARTITION public.events_1_i;",
        'ALTER INDEX public.i ATTACH PARTITION public."Events_2_i";',
    ]


def found(*sql: str) -> list[str]:
    migrations = [judged(text, number) for number, text in enumerate(sql)]
    said = judge(migrations, SchemaState(), Policies(), Surroundings(), dt.date(2026, 1, 15))
    return [finding.rule for finding in said.findings[-1]]


ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);"


@pytest.mark.parametrize(
    "harmless",
    [
        "ALTER TABLE orders RENAME TO old_orders; CREATE VIEW orders AS SELECT * FROM old_orders",
        "ALTER TABLE orders RENAME COLUMN note TO text; ALTER TABLE orders ADD note text",
        "VACUUM (FULL false) orders",
        "CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note)",
        "COMMENT ON TABLE orders IS 'x'",
        "ALTER TABLE orders SET SCHEMA public",
        "DROP TRIGGER IF EXISTS never_there ON orders",
        "ALTER TABLE orders DROP CONSTRAINT orders_pkey; DROP INDEX IF EXISTS orders_pkey",
        "CREATE TABLE n (id bigint PRIMARY KEY, o bigint); CREATE INDEX n_o_idx ON n (o); ALTER TABLE n RENAME TO m",
    ],
)
def test_what_harms_nobody_is_left_alone(harmless: str) -> None:
    warned = {"rename-table", "rename-column", "vacuum-full-cluster", "set-schema", "drop-trigger"}
    warned |= {"create-index-blocking", "index-redundant", "create-trigger", "drop-index-blocking"}
    assert warned.isdisjoint(found(ORDERS, harmless))


def of_target(*sql: str) -> list[str]:
    """What is said of migrations that are deployed together on a target whose schema public is known and empty."""
    migrations = [judged(text, number) for number, text in enumerate(sql)]
    state = SchemaState(complete=frozenset({"public"}))
    said = judge(migrations, state, Policies(), Surroundings(), dt.date(2026, 1, 15))
    return [finding.rule for finding in said.findings[-1]]


@pytest.mark.parametrize(
    ("made", "changed", "rule"),
    [
        ("CREATE TYPE mood AS ENUM ('sad')", "ALTER TYPE mood RENAME VALUE 'sad' TO 'gloomy'", "rename-enum-value"),
        ("CREATE TYPE mood AS ENUM ('sad')", "DROP TYPE mood CASCADE", "drop-type"),
        (ORDERS, "DROP TABLE orders", "drop-table"),
        (ORDERS, "CREATE INDEX i ON orders (note)", "create-index-blocking"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "ALTER FUNCTION f() RENAME TO g",
            "rename-function",
        ),
    ],
)
def test_what_the_plan_made_itself_is_in_use_only_once_it_is_deployed(made: str, changed: str, rule: str) -> None:
    assert rule not in of_target(made, changed)
    assert rule in found(made, changed)
