"""The plan that applies what is pending, and the check of all migrations without a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.base import base_of
from migsafe.planner.carry import walk
from migsafe.planner.frame import Stamp, Substance, plan_of, require_intact, risk_of_all
from migsafe.planner.judge import judge
from migsafe.planner.prepared import Prepared, prepare
from migsafe.planner.risk import combine, points_of, undo_points
from migsafe.planner.rules.context import Judged, Surroundings
from migsafe.planner.schema_state import SchemaState, of_target, with_history
from migsafe.planner.standing import compare
from migsafe.planner.steps import steps_of
from migsafe.planner.undoing import draft_down, undo_of
from migsafe.planner.verdict import backup_for, refusals_by_history, refusals_by_policy
from migsafe.schemas.manifest import Order
from migsafe.schemas.plan import Direction, PlannedMigration, Standing
from migsafe.schemas.problem import Refusal
from migsafe.schemas.report import REPORT_FORMAT, ValidateReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.plan import MigrationStanding, Plan
    from migsafe.schemas.target import TargetFacts

__all__ = ["Stamp", "draft", "draft_down", "validate"]

_IN_THE_TARGET = {Standing.APPLIED, Standing.LINE_ENDS, Standing.EDITED, Standing.RELABELLED, Standing.FOREIGN}


def draft(manifest: Manifest, migrations: tuple[Migration, ...], facts: TargetFacts, stamp: Stamp) -> Plan:
    """The plan that applies what is pending, sealed.

    Whether it may be applied is its verdict. Raises Refusal for SQL that cannot be read, Drift for a broken ledger.
    """
    require_intact(facts.ledger)
    order = manifest.migrations.order
    history = compare(migrations, facts.ledger, facts.foreign, order)
    prepared = tuple(prepare(migration) for migration in _pending(migrations, history, order))
    state = state_before(manifest, facts, _applied(migrations, history))
    base = base_of((each.up for each in prepared), state, facts, manifest.database.schemas)
    around = surroundings(manifest, facts.session.server_version)
    planned, overall = _planned(manifest, prepared, state, around, stamp.moment.date())
    risk = risk_of_all(planned, overall)
    refusals = (
        *refusals_by_history(history, order),
        *refusals_by_policy(manifest, planned, overall, risk),
    )
    substance = Substance(
        direction=Direction.UP,
        base=base,
        history=tuple(line for line in history if line.standing is not Standing.APPLIED),
        migrations=planned,
        findings=overall,
        risk=risk,
        backup=backup_for(manifest.backup, planned),
        refusals=refusals,
    )
    return plan_of(manifest, facts, stamp, substance)


def validate(manifest: Manifest, migrations: tuple[Migration, ...], today: date) -> ValidateReport:
    """What can be said of all migrations without a server, as if none was applied yet.

    Raises Refusal for SQL that cannot be read.
    """
    prepared = tuple(prepare(migration) for migration in migrations)
    planned, overall = _planned(manifest, prepared, SchemaState(), surroundings(manifest), today)
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


def surroundings(manifest: Manifest, server_version: int | None = None) -> Surroundings:
    """What the manifest says of the world around the migrations, and the target of its version, e.g. 170010."""
    major = server_version // 10_000 if server_version is not None else manifest.database.major
    return Surroundings(manifest.platform, frozenset(manifest.exposed_schemas()), major)


def state_before(manifest: Manifest, facts: TargetFacts, applied: Iterable[Migration]) -> SchemaState:
    """What stands in the target: its relations as surveyed, their columns and constraints as the applied files say."""
    told = SchemaState()
    for migration in applied:
        for _ in walk(prepare(migration).up.division.segments, told):
            pass
    return with_history(of_target(facts.relations, manifest.database.schemas), told)


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
) -> tuple[tuple[PlannedMigration, ...], tuple[Finding, ...]]:
    """The migrations with steps, findings and risk, and the findings on the set; carries `state` over all of them."""
    judged = tuple(_judged(each) for each in prepared)
    judgement = judge(judged, state, manifest.policies, around, today)
    both = zip(prepared, judgement.findings, strict=True)
    return tuple(_migration(each, state, findings) for each, findings in both), judgement.overall


def _judged(prepared: Prepared) -> Judged:
    unusable = str(prepared.down) if isinstance(prepared.down, Refusal) else ""
    return Judged(prepared.migration.file, prepared.up.path, prepared.up.division, unusable)


def _migration(prepared: Prepared, state: SchemaState, findings: tuple[Finding, ...]) -> PlannedMigration:
    migration = prepared.migration
    steps = steps_of(prepared.up.division.segments, state)
    undo = undo_of(prepared, state)
    return PlannedMigration(
        label=migration.label,
        name=migration.name,
        file=migration.file,
        path=migration.up.path,
        sha256=migration.up.sha256,
        normalised_sha256=migration.up.normalised_sha256,
        sql=prepared.up.text,
        steps=steps,
        undo=undo,
        findings=findings,
        risk=combine((*points_of(findings), *undo_points(undo.undo_class, f"{migration.file}: {undo.reason}"))),
    )
