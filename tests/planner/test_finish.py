"""Evidence joined to a plan: what is confirmed, what contradicts us, and what a failure does to the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.planner.finish import CONTRADICTED, DIFFERS, FAILED, finish, unrehearsed
from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.evidence import (
    Agreement,
    Evidence,
    MeasuredEffect,
    MigrationEvidence,
    RehearsalFailure,
    RoundTrip,
    RoundTripOutcome,
    Shadow,
    StatementEvidence,
)
from migsafe.schemas.impact import Cause, InFile, Query, QueryImpact, Verdict
from migsafe.schemas.locks import Lock
from migsafe.schemas.seal import digest_of
from migsafe.schemas.severity import Severity
from migsafe.schemas.step import statements_of
from migsafe.schemas.target import ObjectFingerprint
from rehearsing import MANIFEST, plan_of

if TYPE_CHECKING:
    from migsafe.schemas.plan import Plan

NOT_TRIED = RoundTrip(outcome=RoundTripOutcome.NOT_TRIED, detail="", differences=(), lost=(), again=())
FAILURE = RehearsalFailure(
    file="0500_change.sql",
    path="migrations/0500_change.sql",
    line=1,
    column=7,
    excerpt="ALTER TABLE t ADD a int;",
    what="add column t.a failed: no",
    why="SQLSTATE 42701",
    remedy="correct it",
)


def seen(relation: str, lock: Lock, *, rewrite: bool = False, scan: bool = False) -> MeasuredEffect:
    return MeasuredEffect(relation=relation, lock=lock, rewrite=rewrite, scan=scan, indexes_rebuilt=())


def evidence(plan: Plan, *measured: tuple[MeasuredEffect, ...], **changes: object) -> Evidence:
    """Evidence of the plan's one migration, with what each statement was seen to do."""
    (migration,) = plan.migrations
    texts = [text for step in migration.steps for text in statements_of(step)]
    statements = tuple(
        StatementEvidence(
            line=text.line,
            sha256=text.sha256,
            duration_ms=1,
            wal_bytes=0,
            notices=(),
            measured=effects,
            comparisons=(),
            changes=(),
        )
        for text, effects in zip(texts, measured, strict=False)
    )
    shadow = Shadow(
        server_version=170010,
        same_major=True,
        base_from=BaseFrom.REPLAY,
        stand_ins=(),
        generated_rows=0,
        left_out=(),
    )
    told = Evidence(
        shadow=shadow,
        migrations=(MigrationEvidence(file=migration.file, statements=statements, round_trip=NOT_TRIED),),
        base=(),
        expected=(),
        impacts=(),
        queries=0,
        duration_ms=1,
    )
    return told.model_copy(update=changes)


def agreements(plan: Plan) -> list[Agreement]:
    assert plan.evidence is not None
    return [one.agreement for each in plan.evidence.migrations[0].statements for one in each.comparisons]


def rules(plan: Plan) -> list[str]:
    return [finding.rule for migration in plan.migrations for finding in migration.findings]


def test_what_was_foretold_and_seen_is_confirmed() -> None:
    plan = plan_of("ALTER TABLE t ADD a int;")
    done = finish(MANIFEST, plan, evidence(plan, (seen("public.t", Lock.ACCESS_EXCLUSIVE),)))
    assert agreements(done) == [Agreement.CONFIRMED]
    assert CONTRADICTED not in rules(done)
    assert done.migrations == plan.migrations
    assert done.digest == digest_of(done) != plan.digest


def test_what_was_seen_counts_where_it_contradicts_what_was_foretold() -> None:
    plan = plan_of("ALTER TABLE t ADD a int;")
    done = finish(MANIFEST, plan, evidence(plan, (seen("public.t", Lock.ACCESS_EXCLUSIVE, rewrite=True),)))
    (finding,) = [one for one in done.migrations[0].findings if one.rule == CONTRADICTED]
    assert (finding.severity, finding.line) == (Severity.NOTICE, 1)
    assert finding.detail == "predicted no rewrite, measured a rewrite"
    (effect,) = statements_of(done.migrations[0].steps[0])[0].effects
    assert effect.rewrite


def test_a_strong_lock_that_nobody_foretold_is_a_contradiction() -> None:
    plan = plan_of("SELECT surprise();")
    done = finish(MANIFEST, plan, evidence(plan, (seen("public.far", Lock.ACCESS_EXCLUSIVE),)))
    (text,) = statements_of(done.migrations[0].steps[0])
    assert [effect.relation for effect in text.effects][-1] == "public.far"
    assert CONTRADICTED in rules(done)


def test_a_lock_that_the_transaction_held_before_cannot_be_measured_again() -> None:
    plan = plan_of("ALTER TABLE t ADD a int; ALTER TABLE t ADD b int;")
    done = finish(MANIFEST, plan, evidence(plan, (seen("public.t", Lock.ACCESS_EXCLUSIVE),), ()))
    assert agreements(done) == [Agreement.CONFIRMED, Agreement.NOT_MEASURABLE]


def test_a_table_without_rows_hides_a_scan() -> None:
    plan = plan_of("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);")
    done = finish(MANIFEST, plan, evidence(plan, (seen("public.t", Lock.ACCESS_EXCLUSIVE),)))
    assert agreements(done) == [Agreement.NOT_MEASURABLE]


def test_a_failure_refuses_the_plan_and_names_the_place() -> None:
    plan = plan_of("ALTER TABLE IF EXISTS t ADD a int;")
    done = finish(MANIFEST, plan, evidence(plan, failure=FAILURE))
    assert done.verdict.reasons == (
        "the rehearsal failed at migrations/0500_change.sql:1:7: add column t.a failed: no (SQLSTATE 42701)",
    )
    assert not done.verdict.allowed
    (finding,) = [one for one in done.migrations[0].findings if one.rule == FAILED]
    assert (finding.line, finding.column, finding.excerpt) == (1, 7, FAILURE.excerpt)


def test_shapes_that_differ_from_the_targets_are_said_and_not_expected() -> None:
    plan = plan_of("ALTER TABLE t ADD a int;")
    there = ObjectFingerprint(object="public.t", fingerprint="a" * 64)
    here, then = (there.model_copy(update={"fingerprint": sign * 64}) for sign in "bc")
    plan = plan.model_copy(update={"base": (there,)})
    done = finish(MANIFEST, plan, evidence(plan, base=(here,), expected=(then,)))
    assert done.evidence is not None
    assert done.evidence.expected == ()
    assert [finding.rule for finding in done.findings if finding.rule == DIFFERS] == [DIFFERS]


@pytest.mark.parametrize("path", ["migrations/0500_change.sql", ""])
def test_a_broken_query_is_a_finding_where_it_was_broken(path: str) -> None:
    plan = plan_of("ALTER TABLE t DROP COLUMN a;")
    cause = Cause(path=path, line=1, statement="drop column t.a", sha256="") if path else None
    query = Query(sql="SELECT a FROM t", origin=InFile(kind="file", path="q.sql", line=1), obstacle="")
    impact = QueryImpact(
        query=query,
        verdict=Verdict.BROKEN,
        message='column "a" does not exist',
        sqlstate="42703",
        position=8,
        because=cause,
        objects=(),
        estimated=False,
    )
    done = finish(MANIFEST, plan, evidence(plan, (), impacts=(impact,), queries=1))
    found = done.migrations[0].findings if path else done.findings
    assert "query-breaks" in [finding.rule for finding in found]
    assert done.risk.score > plan.risk.score


def test_a_plan_that_was_not_rehearsed_says_why() -> None:
    done = unrehearsed(MANIFEST, plan_of("SELECT 1;"), "because")
    assert (done.not_rehearsed, done.evidence, done.digest) == ("because", None, digest_of(done))
