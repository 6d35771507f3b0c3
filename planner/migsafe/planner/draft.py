"""The plan that applies what is pending, and the check of all migrations without a target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.base import base_of
from migsafe.planner.carry import walk
from migsafe.planner.evidence import weigh
from migsafe.planner.frame import Stamp, Substance, plan_of, require_intact, risk_of_all
from migsafe.planner.judge import judge
from migsafe.planner.preflights import Known, data_findings, questions
from migsafe.planner.prepared import Prepared, prepare
from migsafe.planner.quarantine import NOTHING_KEPT, beside, keep, told
from migsafe.planner.risk import conditions_of, rated, timed
from migsafe.planner.rules.context import Judged, Surroundings
from migsafe.planner.schema_state import SchemaState, of_facts, with_history
from migsafe.planner.standing import compare
from migsafe.planner.steps import steps_of
from migsafe.planner.strays import label_findings, stray_findings
from migsafe.planner.undoing import draft_down, undo_of
from migsafe.planner.verdict import backup_for, loses_data, refusals_by_history, refusals_by_policy
from migsafe.schemas.manifest import Order
from migsafe.schemas.plan import Direction, PlannedMigration, Standing
from migsafe.schemas.preflight import NO_PREFLIGHTS
from migsafe.schemas.problem import Refusal
from migsafe.schemas.report import REPORT_FORMAT, ValidateReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from migsafe.planner.quarantine import Keeping
    from migsafe.planner.risk import Conditions
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration, Stray
    from migsafe.schemas.plan import MigrationStanding, Plan
    from migsafe.schemas.preflight import Preflight, Preflights, Unasked
    from migsafe.schemas.target import TargetFacts

__all__ = ["Ground", "Stamp", "draft", "draft_down", "draft_on", "ground", "questions_of", "validate"]

_IN_THE_TARGET = {Standing.APPLIED, Standing.LINE_ENDS, Standing.EDITED, Standing.RELABELLED, Standing.FOREIGN}


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan stands on: how folder and target compare, what is pending, and the state before it."""

    manifest: Manifest
    facts: TargetFacts
    history: tuple[MigrationStanding, ...]
    prepared: tuple[Prepared, ...]
    state: SchemaState
    """Not to be changed: a draft works on a copy."""


def ground(manifest: Manifest, migrations: tuple[Migration, ...], facts: TargetFacts) -> Ground:
    """Compare folder and target. Raises Refusal for SQL that cannot be read, Drift for a broken ledger."""
    require_intact(facts.ledger)
    order = manifest.migrations.order
    history = compare(migrations, facts.ledger, facts.foreign, order)
    prepared = tuple(prepare(migration) for migration in _pending(migrations, history, order))
    return Ground(manifest, facts, history, prepared, state_before(manifest, facts, _applied(migrations, history)))


def questions_of(on: Ground) -> tuple[Preflight | Unasked, ...]:
    """What is to be asked of the target's rows before the pending migrations are judged."""
    known = Known(on.state, on.facts.catalog, on.facts.session.server_version)
    return questions((each.up.division for each in on.prepared), known)


def draft(manifest: Manifest, migrations: tuple[Migration, ...], facts: TargetFacts, stamp: Stamp) -> Plan:
    """The plan that applies what is pending, sealed, without a question to the target's rows. Raises as `ground`."""
    return draft_on(ground(manifest, migrations, facts), stamp, NO_PREFLIGHTS)


def draft_on(on: Ground, stamp: Stamp, preflights: Preflights) -> Plan:
    """The plan that applies what is pending, sealed; `preflights` are the answers to `questions_of`.

    Whether it may be applied is its verdict.
    """
    manifest, facts, history, prepared = on.manifest, on.facts, on.history, on.prepared
    order, state = manifest.migrations.order, on.state.copy()
    base = base_of((each.up for each in prepared), state, facts, manifest.database.schemas)
    around = surroundings(manifest, facts)
    data = data_findings(preflights, manifest.policies.preflight)
    keeping = beside(keep(manifest, prepared, state, facts), data)
    whole, overall = _planned(manifest, prepared, state, around, stamp.moment.date(), keeping)
    planned = tuple(whole)
    risk = risk_of_all(planned, overall)
    refusals = (*refusals_by_history(history, order), *refusals_by_policy(manifest, planned, overall, risk))
    substance = Substance(
        direction=Direction.UP,
        base=base,
        history=tuple(line for line in history if line.standing is not Standing.APPLIED),
        migrations=planned,
        findings=overall,
        risk=risk,
        backup=backup_for(manifest.backup, planned),
        refusals=refusals,
        preflights=preflights,
    )
    return plan_of(manifest, facts, stamp, substance)


def validate(
    manifest: Manifest, migrations: tuple[Migration, ...], today: date, strays: tuple[Stray, ...] = ()
) -> ValidateReport:
    """What can be said of all migrations without a server, as if none was applied yet, and of the files beside them.

    Raises Refusal for SQL that cannot be read.
    """
    prepared = tuple(prepare(migration) for migration in migrations)
    whole, overall = _planned(manifest, prepared, SchemaState(), surroundings(manifest), today)
    planned = tuple(map(_light, whole))
    beside = (*stray_findings(strays), *label_findings(migrations))
    overall = (*overall, *weigh(beside, (), manifest.policies, today))
    risk = risk_of_all(planned, overall)
    reasons = refusals_by_policy(manifest, planned, overall, risk)
    return ValidateReport(
        kind="validate",
        format=REPORT_FORMAT,
        passed=not reasons,
        migrations=len(migrations),
        statements=sum(len(each.up.statements) for each in prepared),
        findings=(*overall, *(finding for migration in planned for finding in migration.findings)),
        risk=risk,
        reasons=reasons,
    )


def surroundings(manifest: Manifest, facts: TargetFacts | None = None) -> Surroundings:
    """What the manifest says of the world around the migrations, and the target of its version and its traffic."""
    major = facts.session.server_version // 10_000 if facts is not None else manifest.database.major
    live = facts.live if facts is not None else None
    timings = facts.ledger.timings if facts is not None else ()
    return Surroundings(manifest.platform, frozenset(manifest.exposed_schemas()), major, live, timings)


def state_before(manifest: Manifest, facts: TargetFacts, applied: Iterable[Migration]) -> SchemaState:
    """What stands in the target: its relations as surveyed, their columns and constraints as the applied files say."""
    told = SchemaState()
    for migration in applied:
        for _ in walk(prepare(migration).up.division.segments, told):
            pass
    return with_history(of_facts(facts, manifest.database.schemas), told)


def _pending(
    migrations: tuple[Migration, ...], history: tuple[MigrationStanding, ...], order: Order
) -> list[Migration]:
    wanted = {Standing.PENDING, Standing.OUT_OF_ORDER} if order is Order.OUT_OF_ORDER else {Standing.PENDING}
    return [each for each, line in zip(migrations, history, strict=False) if line.standing in wanted]


def _applied(migrations: tuple[Migration, ...], history: tuple[MigrationStanding, ...]) -> list[Migration]:
    return [each for each, line in zip(migrations, history, strict=False) if line.standing in _IN_THE_TARGET]


def _planned(
    manifest: Manifest,
    prepared: tuple[Prepared, ...],
    state: SchemaState,
    around: Surroundings,
    today: date,
    keeping: Keeping = NOTHING_KEPT,
) -> tuple[Iterator[PlannedMigration], tuple[Finding, ...]]:
    """The migrations with steps, findings and risk, and the findings on the set; carries `state` over all of them.

    `keeping` is what is kept of what is dropped, with the findings on that and on the target's rows. The migrations are
    made one by one, as they are asked for.
    """
    judged = tuple(_judged(each) for each in prepared)
    judgement = judge(judged, state, manifest.policies, around, today, keeping.findings)
    said = (told(findings, keeping, manifest.policies.quarantine_for) for findings in judgement.findings)
    conditions = conditions_of(around.live, around.timings)
    both = zip(prepared, said, strict=True)
    planned = (_migration(each, state, findings, conditions, keeping) for each, findings in both)
    return planned, judgement.overall


def _light(planned: PlannedMigration) -> PlannedMigration:
    """Without what nobody asks of a migration that is only judged: ten thousand whole ones take 80 MB."""
    steps = planned.steps if loses_data(planned) else ()
    undo = planned.undo.model_copy(update={"sql": None})
    return planned.model_copy(update={"sql": "", "steps": steps, "undo": undo})


def _judged(prepared: Prepared) -> Judged:
    unusable = str(prepared.down) if isinstance(prepared.down, Refusal) else ""
    declared = prepared.down is not None
    return Judged(prepared.migration.file, prepared.up.path, prepared.up.division, unusable, declared)


def _migration(
    prepared: Prepared,
    state: SchemaState,
    findings: tuple[Finding, ...],
    conditions: Conditions,
    keeping: Keeping,
) -> PlannedMigration:
    migration = prepared.migration
    steps = timed(steps_of(prepared.up.division.segments, state, keeping.instead), conditions.speeds)
    undo = undo_of(prepared, state, keeping)
    if not state.complete:
        state.settle()  # as when judging: with no target, what an earlier file made is in use
    weighed = rated(migration.file, steps, findings, undo, conditions.activity)
    return PlannedMigration(
        label=migration.label,
        name=migration.name,
        file=migration.file,
        path=migration.up.path,
        first_line=migration.up.first_line,
        sha256=migration.up.sha256,
        normalised_sha256=migration.up.normalised_sha256,
        sql=prepared.up.text,
        steps=weighed.steps,
        undo=undo,
        findings=weighed.findings,
        risk=weighed.risk,
    )
