"""Exemptions in SQL comments set aside what they name, at their statement, for as long as they say."""

from __future__ import annotations

import datetime as dt

import pytest

from migsafe.planner.judge import Judged, Judgement, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Policies

TODAY = dt.date(2026, 6, 1)


def judged(sql: str) -> Judgement:
    path = "migrations/1.sql"
    migration = Judged("1.sql", path, divide(parse(sql.encode(), path)))
    return judge([migration], SchemaState(), Policies(), Surroundings(), TODAY)


def waived(sql: str) -> dict[str, str | None]:
    """The reason for which each finding is set aside; None for those that count."""
    found = judged(sql).findings[0]
    return {each.rule: each.waiver.reason if each.waiver is not None else None for each in found}


@pytest.mark.parametrize(
    "sql",
    [
        "-- migsafe: allow truncate because it is a cache\nTRUNCATE t;",
        "TRUNCATE t; -- migsafe: allow truncate because it is a cache\n",
        "/* migsafe: allow truncate\n   because it is\n   a cache */ TRUNCATE t;",
        "--migsafe:allow truncate, drop-table because it is a cache\nTRUNCATE t;",
        "-- migsafe: allow truncate until 2026-06-01 because it is a cache\nTRUNCATE t;",
    ],
)
def test_a_comment_at_the_statement_sets_its_finding_aside(sql: str) -> None:
    assert waived(sql)["truncate"] == "it is a cache"


def test_the_neighbour_is_not_exempt() -> None:
    sql = "-- migsafe: allow truncate because it is a cache\nTRUNCATE t;\nTRUNCATE u;"
    found = [each for each in judged(sql).findings[0] if each.rule == "truncate"]
    assert [(each.line, each.waiver is None) for each in found] == [(2, False), (3, True)]


def test_the_waiver_names_the_place_of_the_comment() -> None:
    (found,) = judged("\n-- migsafe: allow truncate because it is a cache\nTRUNCATE t;").findings[0]
    assert found.waiver is not None
    assert (found.waiver.owner, found.waiver.expires) == ("migrations/1.sql:2", "")


def test_an_expired_comment_counts_no_more_and_is_told() -> None:
    said = judged("-- migsafe: allow truncate until 2026-05-31 because it is a cache\nTRUNCATE t;")
    assert [each.waiver for each in said.findings[0]] == [None]
    assert [each.rule for each in said.overall] == ["exemption-expired"]


def test_a_comment_that_sets_nothing_aside_is_told() -> None:
    said = judged("-- migsafe: allow drop-table because it is a cache\nSELECT 1;")
    assert [(each.rule, "drop-table finds nothing" in each.detail) for each in said.overall] == [
        ("exemption-unused", True)
    ]


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("allow truncate", "does not read"),
        ("allow truncate because", "does not read"),
        ("allow because it is fine", "does not read"),
        ("allow truncate until 2026-13-01 because it is a cache", "2026-13-01 is no day"),
        ("allow truncat because it is a cache", "did you mean truncate?"),
    ],
)
def test_a_comment_that_cannot_be_read_is_told_and_sets_nothing_aside(comment: str, told: str) -> None:
    found = judged(f"-- migsafe: {comment}\nTRUNCATE t;").findings[0]
    assert [each.rule for each in found] == ["truncate", "exemption-unreadable"]
    assert told in found[1].detail
    assert found[0].waiver is None


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("-- migsafe allow truncate because it is a cache\nTRUNCATE t;", "does not read"),
        ("-- migsafe: ignore truncate\nTRUNCATE t;", "does not read"),
        ("/* migsafe-disable truncate */\nTRUNCATE t;", "does not read"),
        ("TRUNCATE\n-- migsafe: allow truncate because it is a cache\nt;", "inside of the statement"),
        (
            "DO $$ BEGIN\n-- migsafe: allow truncate because it is a cache\nTRUNCATE t; END $$;",
            "inside of the statement",
        ),
        ("-- migsafe: allow truncate because it is a cache\nBEGIN;\nTRUNCATE t;\nCOMMIT;", "stands at BEGIN"),
    ],
)
def test_what_is_meant_as_an_exemption_and_is_none_is_told(sql: str, told: str) -> None:
    found = {each.rule: each for each in judged(sql).findings[0]}
    assert told in found["exemption-unreadable"].detail
    assert found["truncate"].waiver is None


def test_case_does_not_matter_and_what_is_commented_out_does() -> None:
    assert waived("-- MIGSAFE: Allow truncate because it is a cache\nTRUNCATE t;") == {"truncate": "it is a cache"}
    assert waived("-- -- migsafe: allow truncate because it is a cache\nTRUNCATE t;") == {"truncate": None}
    assert waived("-- migsafe tells what it does\nTRUNCATE t;") == {"truncate": None}


def test_the_twin_of_a_statement_is_not_exempt() -> None:
    """Their text is one and the same, and so is its hash."""
    found = judged("-- migsafe: allow truncate because it is a cache\nTRUNCATE t;\n\nTRUNCATE t;").findings[0]
    assert [(each.line, each.waiver is None) for each in found if each.rule == "truncate"] == [(2, False), (4, True)]


def test_the_second_of_two_equal_exemptions_is_of_no_use() -> None:
    said = judged("-- migsafe: allow truncate because one\n-- migsafe: allow truncate because two\nTRUNCATE t;")
    assert [each.waiver and each.waiver.reason for each in said.findings[0]] == ["one"]
    assert [each.rule for each in said.overall] == ["exemption-unused"]


def test_words_in_a_string_are_no_comment() -> None:
    assert waived("COMMENT ON TABLE t IS '-- migsafe: allow truncate because no';TRUNCATE t;")["truncate"] is None
