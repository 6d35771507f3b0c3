"""Judging queries without a server: what they use, and what is said of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from migsafe.planner.impact import (
    BREAKS,
    RESULT_CHANGES,
    Alteration,
    Change,
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    RelationAdded,
    RelationRenamed,
    Relations,
    estimated,
    findings_of,
    merged,
)
from migsafe.schemas.impact import Cause, InFile, InStatistics, Query, QueryImpact, Verdict
from migsafe.schemas.names import QualifiedName

ORDERS = QualifiedName("orders", "public")
ODD = QualifiedName("Odd Name", "app")
SHOP = Relations(
    {
        ORDERS: {"id": "bigint", "note": "text", "total": "numeric(9,2)"},
        QualifiedName("orders", "archive"): {"id": "bigint"},
        ODD: {"Id": "bigint", "orders_id": "bigint"},
    },
    ("app", "public"),
)
BECAUSE = Cause(path="0002.sql", line=3, statement="ALTER TABLE orders ...", sha256="abc")


def query(sql: str, calls: int = 0) -> Query:
    origin = InStatistics(kind="statistics", id="7", calls=calls, mean_ms=1) if calls else None
    return Query(sql=sql, origin=origin or InFile(kind="file", path="q.sql", line=1), obstacle="")


def judged(sql: str, *alterations: Alteration) -> QueryImpact:
    (impact,) = estimated([query(sql)], SHOP, [Change(alteration, BECAUSE) for alteration in alterations])
    return impact


@pytest.mark.parametrize(
    ("sql", "objects"),
    [
        ("SELECT note FROM orders o WHERE o.id = $1", ["public.orders", "public.orders.note", "public.orders.id"]),
        ("SELECT count(o) FROM orders o", [f"public.orders{end}" for end in ("", ".id", ".note", ".total")]),
        ('SELECT "Id" FROM app."Odd Name"', ['app."Odd Name"', 'app."Odd Name".Id']),
        ("SELECT id FROM archive.orders", ["archive.orders", "archive.orders.id"]),
        ("WITH orders AS (SELECT 1 AS id) SELECT id FROM orders", []),
        ("UPDATE orders SET note = 'x' WHERE id = 1", ["public.orders", "public.orders.note", "public.orders.id"]),
    ],
)
def test_relations_and_columns_in_use_are_named(sql: str, objects: list[str]) -> None:
    assert [str(touched) for touched in judged(sql).objects] == objects


@pytest.mark.parametrize(
    ("sql", "alteration", "verdict", "sqlstate"),
    [
        ("SELECT note FROM orders", ColumnDropped(ORDERS, "note"), Verdict.BROKEN, "42703"),
        ("SELECT id FROM orders", ColumnDropped(ORDERS, "note"), Verdict.UNAFFECTED, ""),
        ("SELECT * FROM orders", ColumnAdded(ORDERS, "x", "text"), Verdict.RESULT_TYPE_CHANGES, "0A000"),
        ("SELECT to_jsonb(o) FROM orders o", ColumnAdded(ORDERS, "x", "text"), Verdict.UNAFFECTED, ""),
        ("SELECT to_jsonb(o) FROM orders o", ColumnRenamed(ORDERS, "note", "x"), Verdict.RESULT_TYPE_CHANGES, ""),
        ("SELECT id FROM orders", ColumnRetyped(ORDERS, "id", "uuid"), Verdict.RESULT_TYPE_CHANGES, "0A000"),
        ("SELECT 1 FROM orders WHERE id > 5", ColumnRetyped(ORDERS, "id", "uuid"), Verdict.BROKEN, "42883"),
        ("SELECT 1 FROM orders WHERE id = '5'", ColumnRetyped(ORDERS, "id", "uuid"), Verdict.BROKEN, "22P02"),
        ("SELECT id FROM orders", RelationRenamed(ORDERS, QualifiedName("orders", "app")), Verdict.UNAFFECTED, ""),
        ("SELECT id FROM orders", RelationRenamed(ORDERS, QualifiedName("o", "app")), Verdict.BROKEN, "42P01"),
        ("SELECT no FROM orders", ColumnDropped(ORDERS, "note"), Verdict.NOT_CHECKABLE, ""),
        ("LISTEN x", ColumnDropped(ORDERS, "note"), Verdict.NOT_CHECKABLE, ""),
        ("SELECT ((", ColumnDropped(ORDERS, "note"), Verdict.NOT_CHECKABLE, ""),
    ],
)
def test_verdicts(sql: str, alteration: Alteration, verdict: Verdict, sqlstate: str) -> None:
    impact = judged(sql, alteration)
    assert (impact.verdict, impact.sqlstate, impact.estimated) == (verdict, sqlstate, True)
    assert impact.because == (BECAUSE if verdict in {Verdict.BROKEN, Verdict.RESULT_TYPE_CHANGES} else None)


def test_a_renamed_table_with_a_view_in_its_place_breaks_nothing() -> None:
    moved = RelationRenamed(ORDERS, QualifiedName("orders_data", "public"))
    impact = judged("SELECT id, note FROM orders", moved, RelationAdded(ORDERS, SHOP.columns[ORDERS]))
    assert impact.verdict is Verdict.UNAFFECTED


def test_findings_are_one_for_each_statement_the_most_called_query_first() -> None:
    change = Change(ColumnDropped(ORDERS, "note"), BECAUSE)
    asked = [query("SELECT note FROM orders"), query("SELECT note, id FROM orders", 9), query("SELECT * FROM orders")]
    breaks, changes = findings_of(estimated(asked, SHOP, [change]))
    assert (breaks.rule, changes.rule) == (BREAKS, RESULT_CHANGES)
    seen = "`SELECT note, id FROM orders`, called 9 times (pg_stat_statements 7)"
    assert breaks.detail.startswith(f"2 queries (estimated): {seen}: column")
    assert (breaks.path, breaks.line, breaks.statement, breaks.object) == ("0002.sql", 3, "abc", "public.orders")


def test_the_server_has_the_word_except_on_what_it_cannot_see() -> None:
    gone = ColumnDropped(ORDERS, "note")
    keys, star = judged("SELECT to_jsonb(o) FROM orders o", gone), judged("SELECT id FROM orders", gone)
    blind = [
        found.model_copy(update={"verdict": Verdict.UNAFFECTED, "objects": (), "estimated": False})
        for found in (keys, star)
    ]
    first, second = merged(blind, [keys, star])
    assert (first.verdict, first.estimated) == (Verdict.RESULT_TYPE_CHANGES, True)
    assert (second.verdict, second.estimated) == (Verdict.UNAFFECTED, False)
    assert [str(touched) for touched in second.objects] == ["public.orders.id"]


def test_sqlglot_is_imported_only_when_a_query_is_read() -> None:
    code = "import sys, migsafe.planner.impact; sys.exit('sqlglot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
