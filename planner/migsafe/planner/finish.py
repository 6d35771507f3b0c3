"""Joins a plan and its rehearsal: what was predicted beside what was measured, and the verdict after both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.comparing import Compared, compared
from migsafe.planner.evidence import Spot, finding_of
from migsafe.planner.frame import risk_of_all
from migsafe.planner.impact import findings_of
from migsafe.planner.risk import activity_of, rated
from migsafe.planner.rules.evidence import statement_wants_rows
from migsafe.planner.rules.rule import Hit
from migsafe.planner.verdict import backup_for, refusals_by_policy
from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.plan import Direction, Verdict
from migsafe.schemas.seal import sealed
from migsafe.schemas.severity import Severity
from migsafe.schemas.step import LoneStep, TransactionStep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.schemas.evidence import Evidence, MigrationEvidence, RehearsalFailure, StatementEvidence
    from migsafe.schemas.impact import QueryImpact
    from migsafe.schemas.live import LiveFacts
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import Plan, PlannedMigration
    from migsafe.schemas.step import StatementText, Step

CONTRADICTED = "prediction-contradicted"
DIFFERS = "shadow-differs"
FAILED = "rehearsal-failed"
FAILED_ON_ROWS = "fails-on-generated-rows"

_SAYS_NOTHING = frozenset({"absent"})


def finish(manifest: Manifest, plan: Plan, evidence: Evidence, live: LiveFacts | None = None) -> Plan:
    """The plan with its evidence, sealed anew.

    Where a measured effect contradicts a predicted one, the measured one stands in the plan and its risk is weighed
    anew; what that shows of our prediction is a notice. Queries that break become findings. A failure refuses the plan.
    """
    told = {each.file: each for each in evidence.migrations}
    broken = _by_path(findings_of(evidence.impacts))
    traffic = activity_of(live)
    migrations, proof = [], []
    for migration in plan.migrations:
        mine = told.get(migration.file)
        if mine is None:
            migrations.append(migration)
            continue
        fails = evidence.failed_on_rows
        on_rows = (rows_finding(fails),) if fails is not None and fails.file == migration.file else ()
        joined = _joined(migration, mine, (*broken.pop(migration.path, ()), *on_rows), evidence.failure)
        weighed = rated(migration.file, joined[0].steps, joined[0].findings, migration.undo, traffic)
        update = {"steps": weighed.steps, "findings": weighed.findings, "risk": weighed.risk}
        migrations.append(migration.model_copy(update=update) if joined[2] else migration)
        proof.append(joined[1])
    astray = _astray(plan, evidence)
    rest = (finding for findings in broken.values() for finding in findings)
    overall = (*plan.findings, *rest, *_shadow_differs(astray))
    sound = evidence.model_copy(
        update={
            "migrations": tuple(proof),
            "expected": tuple(one for one in evidence.expected if one.object not in astray),
        }
    )
    return _sealed(manifest, plan, tuple(migrations), overall, sound)


def unrehearsed(
    manifest: Manifest, plan: Plan, reason: str, impacts: tuple[QueryImpact, ...] = (), live: LiveFacts | None = None
) -> Plan:
    """The plan with the reason why it was not rehearsed, sealed anew, and what is estimated of queries in findings."""
    without = plan.model_copy(update={"not_rehearsed": reason})
    broken = _by_path(findings_of(impacts))
    if not broken:
        return sealed(without)
    traffic = activity_of(live)
    migrations = []
    for migration in plan.migrations:
        findings = (*migration.findings, *broken.pop(migration.path, ()))
        weighed = rated(migration.file, migration.steps, findings, migration.undo, traffic)
        update = {"steps": weighed.steps, "findings": weighed.findings, "risk": weighed.risk}
        migrations.append(migration.model_copy(update=update))
    rest = (finding for findings in broken.values() for finding in findings)
    return _sealed(manifest, without, tuple(migrations), (*plan.findings, *rest), None)


def _joined(
    migration: PlannedMigration,
    evidence: MigrationEvidence,
    broken: tuple[Finding, ...],
    failure: RehearsalFailure | None,
) -> tuple[PlannedMigration, MigrationEvidence, bool]:
    """The migration with the measured effects, the evidence with its comparisons, and whether the former changed."""
    found = compared(migration.steps, evidence.statements)
    steps = tuple(_corrected(step, found) for step in migration.steps)
    statements = tuple(
        each.model_copy(update={"comparisons": found[number].comparisons} if number in found else {})
        for number, each in enumerate(evidence.statements)
    )
    ours = tuple(
        _contradiction(migration, one.statement, detail, relation)
        for one in found.values()
        for relation, detail in one.contradictions
    )
    failed = (failure_finding(failure),) if failure is not None and failure.file == migration.file else ()
    untried = (_untried(migration, found[at].statement, each) for at, each in enumerate(statements) if each.untried)
    added = (*broken, *ours, *failed, *untried)
    changed = migration.model_copy(update={"steps": steps, "findings": (*migration.findings, *added)})
    return changed, evidence.model_copy(update={"statements": statements}), bool(added)


def _corrected(step: Step, found: Mapping[int, Compared]) -> Step:
    """The step with the effects that count."""
    by_place = {(one.statement.line, one.statement.column): one.effects for one in found.values()}

    def fixed(text: StatementText) -> StatementText:
        effects = by_place.get((text.line, text.column))
        return text if effects is None or effects == text.effects else text.model_copy(update={"effects": effects})

    match step:
        case TransactionStep(statements=texts):
            return step.model_copy(update={"statements": tuple(map(fixed, texts))})
        case LoneStep(statement=text):
            return step.model_copy(update={"statement": fixed(text)})


def _untried(migration: PlannedMigration, text: StatementText, evidence: StatementEvidence) -> Finding:
    excerpt = text.sql.strip().partition("\n")[0]
    spot = Spot(migration.path, text.line, text.column, excerpt, text.sha256)
    return finding_of(statement_wants_rows.RULE, spot, Hit("", f"{text.summary}: {evidence.untried}"))


def _contradiction(migration: PlannedMigration, text: StatementText, detail: str, relation: str) -> Finding:
    lines, number = migration.sql.split("\n"), text.line - migration.first_line
    return Finding(
        rule=CONTRADICTED,
        severity=Severity.NOTICE,
        dimension=Dimension.AVAILABILITY,
        points=0,
        object=relation,
        detail=detail,
        harm="What migsafe foretells of this statement is not what the server did; the plan has what it did.",
        remedy="Please report it, with the statement: it is a mistake of migsafe.",
        path=migration.path,
        line=text.line,
        column=text.column,
        excerpt=lines[number] if 0 <= number < len(lines) else "",
        statement=text.sha256,
        waiver=None,
    )


def rows_finding(failure: RehearsalFailure) -> Finding:
    """What is said of a migration that failed on generated rows alone."""
    return failure_finding(failure).model_copy(
        update={
            "rule": FAILED_ON_ROWS,
            "severity": Severity.NOTICE,
            "points": 0,
            "harm": "It depends on the rows that are there: it failed on made-up ones, and runs where there are none.",
            "remedy": "See whether the target's rows are like that; what was asked of them stands under preflights.",
        }
    )


def failure_finding(failure: RehearsalFailure) -> Finding:
    """What is said of a migration that failed on the shadow."""
    return Finding(
        rule=FAILED,
        severity=Severity.ERROR,
        dimension=Dimension.FAILURE,
        points=100,
        object="",
        detail=f"{failure.what} ({failure.why})" if failure.why else failure.what,
        harm="The migration failed on a database with the target's schema; it would fail on the target.",
        remedy=failure.remedy,
        path=failure.path,
        line=failure.line,
        column=failure.column,
        excerpt=failure.excerpt,
        statement="",
        waiver=None,
    )


def _astray(plan: Plan, evidence: Evidence) -> frozenset[str]:
    """The objects that the plan changes and that were otherwise on the shadow than they are in the target."""
    there = {one.object: one.fingerprint for one in plan.base}
    return frozenset(
        one.object
        for one in evidence.base
        if evidence.shadow.same_major
        and evidence.shadow.same_owners
        and there.get(one.object, one.fingerprint) != one.fingerprint
    )


def _shadow_differs(astray: frozenset[str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            rule=DIFFERS,
            severity=Severity.NOTICE,
            dimension=Dimension.FAILURE,
            points=0,
            object=name,
            detail=f"{name} is not in the target as the applied migrations make it",
            harm="The plan was rehearsed on another shape than the one that it will meet.",
            remedy="See what differs: migsafe status; then bring target and migrations together.",
            path="",
            line=0,
            column=0,
            excerpt="",
            statement="",
            waiver=None,
        )
        for name in sorted(astray)
    )


def _by_path(findings: tuple[Finding, ...]) -> dict[str, tuple[Finding, ...]]:
    found: dict[str, tuple[Finding, ...]] = {}
    for each in findings:
        found[each.path] = (*found.get(each.path, ()), each)
    return found


def _sealed(
    manifest: Manifest,
    plan: Plan,
    migrations: tuple[PlannedMigration, ...],
    overall: tuple[Finding, ...],
    evidence: Evidence | None,
) -> Plan:
    risk = risk_of_all(migrations, overall)
    before = frozenset(refusals_by_policy(manifest, plan.migrations, plan.findings, plan.risk))
    kept = tuple(reason for reason in plan.verdict.reasons if reason not in before)
    # A rollback is not gated by policies.
    policies = refusals_by_policy(manifest, migrations, overall, risk) if plan.direction is Direction.UP else ()
    reasons = (*kept, *(reason for reason in policies if not reason.startswith(f"{FAILED} in ")), *_stopped(evidence))
    update = {
        "migrations": migrations,
        "findings": overall,
        "risk": risk,
        "backup": backup_for(manifest.backup, migrations),
        "evidence": evidence,
        "verdict": Verdict(allowed=not reasons, reasons=reasons),
    }
    return sealed(plan.model_copy(update=update))


def _stopped(evidence: Evidence | None) -> tuple[str, ...]:
    return () if evidence is None or evidence.failure is None else (failure_reason(evidence.failure),)


def failure_reason(failure: RehearsalFailure) -> str:
    """Why a plan with this failure may not be applied."""
    numbers = "".join(f":{number}" for number in (failure.line, failure.column) if number)
    why = f" ({failure.why})" if failure.why else ""
    return f"the rehearsal failed at {failure.path}{numbers}: {failure.what}{why}"
