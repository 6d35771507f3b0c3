"""Each row of the lock table, and the effects claimed for each rule's example, measured on the server."""

from __future__ import annotations

import re
from contextlib import nullcontext, suppress
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import psycopg
import pytest

from foretold import MAJOR, disagreements, state_after, statements
from measure import measure
from migsafe.planner.carry import walk
from migsafe.planner.effects import effects
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.table import SETUP, Fact
from migsafe.planner.rules import RULES
from migsafe.planner.transactions import SegmentKind, divide

if TYPE_CHECKING:
    from measure import Measured
    from migsafe.planner.rules.rule import Rule
    from migsafe.schemas.effect import Effect

FACTS = {name: fact for name, fact in vars(facts).items() if isinstance(fact, Fact) and fact.since <= MAJOR}
NEEDS_A_TABLESPACE = {"COPY_TABLE", "COPY_INDEX"}
ALONE = {
    name
    for name, fact in FACTS.items()
    if ("CONCURRENTLY" in fact.example and "VIEW" not in fact.example) or "VACUUM" in fact.example
}


@pytest.mark.parametrize("name", sorted(FACTS.keys() - ALONE - NEEDS_A_TABLESPACE))
def test_each_row_of_the_lock_table_is_what_the_server_does(name: str, database: str) -> None:
    """The example is run in a transaction and compared with pg_locks, relfilenode and the scan counters."""
    fact = FACTS[name]
    state = state_after(SETUP + fact.before)
    (statement,) = statements(fact.example)
    claimed = effects(statement, state)
    assert (fact.lock, fact.rewrite, fact.loss) in {(each.lock, each.rewrite, each.loss) for each in claimed}
    with psycopg.connect(database) as connection:
        connection.execute(SETUP + fact.before)
        connection.commit()
        assert disagreements(claimed, measure(connection, statement.sql)) == []
        connection.rollback()


@pytest.mark.parametrize("name", sorted(ALONE))
def test_each_row_that_stands_alone_asks_for_its_lock(name: str, database: str) -> None:
    """While a second session holds a lock that conflicts with every claimed one, pg_locks shows what is waited for."""
    fact = FACTS[name]
    state = state_after(SETUP + fact.before)
    (statement,) = statements(fact.example)
    (claimed, *_) = sorted(effects(statement, state), key=lambda each: each.relation not in {"public.t", "public.p"})
    with psycopg.connect(database, autocommit=True) as worker, psycopg.connect(database) as blocker:
        worker.execute(SETUP + fact.before)
        blocker.execute(f"LOCK TABLE {claimed.relation} IN SHARE UPDATE EXCLUSIVE MODE")
        running = Thread(target=run_and_ignore_cancel, args=(worker, statement.sql))
        running.start()
        try:
            assert waited_for(blocker, claimed.relation, running) == claimed.lock.catalog_name == fact.lock.catalog_name
        finally:
            worker.cancel_safe()
            running.join()


def run_and_ignore_cancel(connection: psycopg.Connection, sql: str) -> None:
    with suppress(psycopg.errors.QueryCanceled):
        connection.execute(sql)


def waited_for(connection: psycopg.Connection, relation: str, running: Thread) -> str:
    """The lock mode that somebody waits for on the relation, as soon as there is one."""
    waiting = "SELECT mode FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    while running.is_alive():
        if row := connection.execute(waiting, [relation]).fetchone():
            return str(row[0])
    return "nothing"


REFUSED = {
    "drop-database": "3D000",  # it names one that is not there
    "enum-value-used-same-tx": "55P04",
    "drop-refused-by-dependents": "2BP01",
    "drop-index-constraint-owned": "2BP01",
    "truncate-referenced": "0A000",
    "detach-concurrently-refused": "55000",
    "call-that-commits": "2D000",
    "concurrently-in-transaction": "25001",
    "duplicate-column-assignment": "42601",
    "object-already-exists": "42P07",
    "object-missing": "42P01",
    "used-before-created": "42P01",
    "concurrent-index-partitioned": "0A000",
    "partition-key-in-pk": "0A000",
    "view-columns-replaced": "42P16",
    "set-tablespace": "42704",  # it names one that is not there
    "alter-column-type-view-dependent": "0A000",
    "alter-column-type-without-using": "42804",
    "column-type-dropped-default": "42804",
    "add-fk-partitioned-not-valid": "42809",
    "add-identity-refused": "55000",
    "fk-type-incompatible": "42804",
}
"""Rules whose unsafe example the server refuses, with the error code."""
ELSEWHERE = {
    "superuser-required",  # in test_superuser_measured.py: here everything is done as superuser
    "savepoint",  # below: here each statement is run in a transaction of its own, where the savepoint is gone
}
NEEDS_AN_EXTENSION = {"index-ivfflat-before-data", "spatial-column-without-index"}
LATER = {
    **dict.fromkeys(["drop-partition-safe", "set-tablespace-safe"], 14),
    **dict.fromkeys(["rename-schema-safe", "rename-table-safe", "rename-view-safe", "set-schema-safe"], 15),
    "auth-users-exposed-safe": 15,
}
"""Examples that need a later major than their rule."""
EXAMPLES = [
    pytest.param(rule.before, sql, id=f"{rule.name}-{which}")
    for rule in RULES
    for which, sql in (("unsafe", rule.unsafe), ("safe", rule.safe))
    if sql and not (which == "unsafe" and rule.name in REFUSED.keys() | ELSEWHERE)
    if rule.name not in NEEDS_AN_EXTENSION
    if max(rule.since, LATER.get(f"{rule.name}-{which}", 0)) <= MAJOR
]


@pytest.mark.parametrize(("before", "sql"), EXAMPLES)
def test_the_examples_of_rules_do_what_is_foretold(before: str, sql: str, database: str) -> None:
    """Each statement in a transaction of its own; what stands alone is run, its lock is proved above."""
    state = state_after(before)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(before)
        for segment, number in walk(divide(statements(sql)).segments, state):
            statement = segment.statements[number]
            claimed = effects(statement, state)
            if statement.transactional:
                with connection.transaction():
                    found = disagreements(claimed, as_if_filled(claimed, measure(connection, statement.sql)))
                assert found == [], statement.sql
            else:
                connection.execute(statement.sql)


def as_if_filled(claimed: tuple[Effect, ...], measured: dict[str, Measured]) -> dict[str, Measured]:
    """The examples have no rows, so that the server saves itself scans that are claimed; others would still show."""
    saved = {effect.relation for effect in claimed if effect.scan}
    return {name: replace(seen, scan=seen.scan or name in saved) for name, seen in measured.items()}


REFUSED_HERE = [rule for rule in RULES if rule.name in REFUSED and rule.since <= MAJOR <= rule.until]


@pytest.mark.parametrize("rule", REFUSED_HERE, ids=lambda rule: rule.name)
def test_an_example_that_is_refused_is_refused_with_its_code(rule: Rule, database: str) -> None:
    """And if the rule's harm gives a code, it is this one."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(rule.before)
        with pytest.raises(psycopg.Error) as refusal:
            run_as_divided(connection, rule.unsafe)
    assert refusal.value.sqlstate == REFUSED[rule.name]
    told = re.findall(r"\b[0-9][0-9A-Z]{4}\b", rule.harm)
    assert not told or REFUSED[rule.name] in told


def run_as_divided(connection: psycopg.Connection, sql: str) -> None:
    """As migsafe would run it: what shares a transaction in one, the rest by itself."""
    for segment in divide(statements(sql)).segments:
        with connection.transaction() if segment.kind is SegmentKind.TRANSACTION else nullcontext():
            for statement in segment.statements:
                connection.execute(statement.sql)


def test_what_a_savepoint_takes_back_is_gone(database: str) -> None:
    (rule,) = [rule for rule in RULES if rule.name == "savepoint"]
    with psycopg.connect(database) as connection:
        connection.execute(rule.before)
        for statement in statements(rule.unsafe):
            connection.execute(statement.sql)
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("SELECT body FROM notes")


def test_adding_a_not_null_column_fails_on_a_single_row(database: str) -> None:
    (rule,) = [rule for rule in RULES if rule.name == "add-column-not-null-no-default"]
    with psycopg.connect(database) as connection:
        connection.execute(rule.before + "INSERT INTO users VALUES (1);")
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute(rule.unsafe)
