"""Questions about rows: what is asked, in which exact words, and what is rather not asked."""

from __future__ import annotations

import pytest

from migsafe.planner.actions import AddConstraint, CreateIndex
from migsafe.planner.actions.typename import TypeName
from migsafe.planner.parse import Statement, parse
from migsafe.planner.preflights import Known, data_findings, questions
from migsafe.planner.preflights.exact_text import exact_text
from migsafe.planner.preflights.narrowing import Cast, unfits
from migsafe.planner.schema_state import of_target
from migsafe.planner.transactions import Wrapping, divide
from migsafe.schemas.policies import PreflightPolicy
from migsafe.schemas.preflight import (
    Answered,
    Clear,
    Consequence,
    Found,
    Preflight,
    PreflightResult,
    Preflights,
    Refused,
    TimedOut,
    Unasked,
)
from migsafe.schemas.severity import Severity
from migsafe.schemas.target import RelationFacts


def target(*names: str) -> Known:
    """A target with these tables of which only the names are known."""
    facts = [
        RelationFacts(relation=name, kind="table", rows=5, bytes=8192, row_security=False, owner="ann")
        for name in (names or ("public.t", "public.u"))
    ]
    return Known(of_target(facts, ("public",)), None, 170_000)


def asked(sql: str, known: Known | None = None) -> tuple[Preflight | Unasked, ...]:
    return questions([divide(parse(sql.encode(), "migrations/1_a.sql"), Wrapping.TRANSACTION)], known or target())


def question(sql: str, known: Known | None = None) -> Preflight:
    (one,) = asked(sql, known)
    assert isinstance(one, Preflight), one
    return one


def condition(statement: Statement) -> str | None:
    """The exact text of the CHECK or of the index's WHERE."""
    for action in statement.actions:
        if isinstance(action, AddConstraint) and action.constraint.expression is not None:
            return exact_text(action.constraint.expression.node, statement)
        if isinstance(action, CreateIndex) and action.where is not None:
            return exact_text(action.where.node, statement)
    return None


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("ALTER TABLE t ADD CHECK (a > 0)", "a > 0"),
        ("ALTER TABLE t ADD CHECK ((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"),
        ("ALTER TABLE t ADD CONSTRAINT \"odd ( name\" CHECK (a ~ ')' OR b = '(') NOT VALID", "a ~ ')' OR b = '('"),
        ("ALTER TABLE t ADD CHECK (a IN (1, 2, 3))", "a IN (1, 2, 3)"),
        ("ALTER TABLE t ADD CHECK (a /* ) */ > 0 -- )\n)", "a /* ) */ > 0"),
        ("ALTER TABLE t ADD CHECK (CASE WHEN a THEN b ELSE c END)", "CASE WHEN a THEN b ELSE c END"),
        ("ALTER TABLE t ADD CHECK ((x).y > 0)", "(x).y > 0"),
        ("ALTER TABLE t ADD CHECK (é = 'ß')", "é = 'ß'"),
        ("CREATE INDEX ON t (a) WHERE NOT (b IS NULL)", "NOT (b IS NULL)"),
        ("CREATE INDEX ON t (a) WHERE status = 'open'::text AND deleted_at IS NULL", None),
    ],
)
def test_an_expression_is_told_in_its_authors_words(sql: str, text: str | None) -> None:
    """Also behind other statements and letters of several bytes."""
    for before in ("", "SELECT 'é';\n-- why (\n"):
        statement = parse((before + sql).encode(), "x")[-1]
        found = condition(statement)
        assert found == (text or sql.partition(" WHERE ")[2])


def test_names_are_quoted_and_schemas_written_out() -> None:
    known = target('public."Odd ""t"')
    one = question('ALTER TABLE "Odd ""t" ALTER "a ""b" SET NOT NULL', known)
    assert one.count_sql == (
        'SELECT count(*) FROM (SELECT 1 FROM public."Odd ""t" WHERE "a ""b" IS NULL LIMIT 10001) AS found'
    )
    assert one.sample_sql is None


def test_each_statement_has_its_place() -> None:
    one = question("SELECT 1;\n\n  ALTER TABLE t ALTER a SET NOT NULL;")
    assert (one.path, one.line, one.column) == ("migrations/1_a.sql", 3, 3)


def test_a_search_path_of_the_migration_keeps_expressions_from_being_asked() -> None:
    (one,) = asked("SET search_path = extra, public; ALTER TABLE public.t ADD CHECK (f > 0)")
    assert isinstance(one, Unasked)
    assert "search_path" in one.reason


@pytest.mark.parametrize(
    ("before", "settled"),
    [
        ("UPDATE t SET a = 1 WHERE a IS NULL", True),
        ("DELETE FROM t WHERE a IS NULL", True),
        ("DO $$ BEGIN UPDATE t SET a = 1; END $$", True),
        ("DO $$ BEGIN EXECUTE 'UPDATE t SET a = ' || x; END $$", True),
        ("SELECT backfill()", True),
        ("UPDATE t SET b = 1", False),
        ("UPDATE u SET a = 1", False),
        ("INSERT INTO t VALUES (1)", False),
        ("SELECT count(*) FROM t", False),
    ],
)
def test_what_changes_the_answer_settles_it(before: str, settled: bool) -> None:
    found = [one for one in asked(f"{before}; ALTER TABLE t ALTER a SET NOT NULL") if isinstance(one, Preflight)]
    assert [one.consequence is Consequence.SETTLED for one in found] == [settled]


def test_rows_added_to_the_other_table_settle_a_foreign_key() -> None:
    fk = "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)"
    assert question(fk).consequence is Consequence.FAILS
    assert question(f"INSERT INTO u VALUES (1); {fk}").consequence is Consequence.SETTLED


def test_a_constraint_that_the_plan_proves_is_asked_once() -> None:
    sql = """
    ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;
    ALTER TABLE t VALIDATE CONSTRAINT c;
    ALTER TABLE t ALTER a SET NOT NULL;
    """
    assert "NOT (\na IS NOT NULL\n)" in question(sql).count_sql


def test_values_of_a_column_of_another_type_are_still_lost() -> None:
    found = asked("ALTER TABLE t ALTER a TYPE int; ALTER TABLE t DROP COLUMN a")
    assert [one.hazard.value for one in found] == ["unfitting-values", "lost-values"]


def test_an_expression_is_told_plainly() -> None:
    one = question("CREATE UNIQUE INDEX ON t (lower(a), b)")
    assert one.question == "do several rows of public.t share (lower(a), b)?"


def cast(old: TypeName, new: TypeName, version: int = 170_000) -> object:
    return unfits(Cast(old, new, "v", False, None, str(new), version))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TypeName("int4"), TypeName("int8")),
        (TypeName("int2"), TypeName("numeric")),
        (TypeName("varchar", modifiers=(5,)), TypeName("text")),
        (TypeName("varchar", modifiers=(5,)), TypeName("varchar", modifiers=(9,))),
        (TypeName("timestamp"), TypeName("timestamptz")),
        (TypeName("uuid"), TypeName("text")),
    ],
)
def test_types_that_take_every_value_need_no_question(old: TypeName, new: TypeName) -> None:
    assert cast(old, new) == []


def test_texts_can_be_tried_from_sixteen_on() -> None:
    assert isinstance(cast(TypeName("text"), TypeName("int4"), 150_000), str)
    assert isinstance(cast(TypeName("text"), TypeName("int4"), 160_000), list)


def test_answers_become_findings() -> None:
    fails = question("ALTER TABLE t ALTER a SET NOT NULL")
    loses = question("ALTER TABLE t DROP COLUMN a")
    found = Found(kind="found", count=3, at_least=False, sample=None)
    cases: list[tuple[Preflight, PreflightResult, list[tuple[str, Severity]]]] = [
        (fails, Clear(kind="clear"), []),
        (fails, found, [("data-would-fail", Severity.ERROR)]),
        (loses, found, [("data-would-be-lost", Severity.WARNING)]),
        (fails, TimedOut(kind="timed-out", after_ms=5), [("data-not-checked", Severity.NOTICE)]),
        (fails, Refused(kind="refused", sqlstate="42501"), [("data-not-checked", Severity.NOTICE)]),
    ]
    for preflight, result, expected in cases:
        answered = Preflights(answered=(Answered(preflight=preflight, result=result),), unasked=())
        told = data_findings(answered, PreflightPolicy.REFUSE).get("migrations/1_a.sql", ())
        assert [(one.rule, one.severity) for one in told] == expected


def test_more_rows_weigh_more() -> None:
    loses = question("ALTER TABLE t DROP COLUMN a")

    def points(count: int) -> int:
        result = Found(kind="found", count=count, at_least=False, sample=None)
        answered = Preflights(answered=(Answered(preflight=loses, result=result),), unasked=())
        return data_findings(answered, PreflightPolicy.REFUSE)["migrations/1_a.sql"][0].points

    assert [points(count) for count in (1, 10, 10_000)] == [20, 30, 60]
