"""The undo of a migration after its round trip: what was measured counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.evidence import weigh
from migsafe.planner.frame import risk_of_all
from migsafe.planner.prepared import script
from migsafe.planner.reverse.findings import trip_findings, warned
from migsafe.planner.risk import activity_of, rated
from migsafe.planner.rules.context import Judged
from migsafe.planner.transactions import Wrapping
from migsafe.planner.verdict import backup_for, refusals_by_policy
from migsafe.schemas.evidence import RoundTrip, RoundTripOutcome
from migsafe.schemas.plan import Direction, Undo, UndoClass, Verdict
from migsafe.schemas.seal import sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.live import LiveFacts, TableActivity
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import Plan, PlannedMigration


_NOTHING_TO_UNDO = RoundTrip(
    outcome=RoundTripOutcome.NOT_TRIED,
    detail="it has no rollback, and changed nothing from which one could be generated",
    differences=(),
    lost=(),
    again=(),
)
_NOTHING_SAID = {RoundTripOutcome.PROVEN, RoundTripOutcome.NOT_TRIED}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the round trips of one migration."""

    declared: RoundTrip | None
    generated: RoundTrip | None
    undo: Undo | None
    """The generated rollback."""


def with_round_trips(manifest: Manifest, plan: Plan, tried: Mapping[str, Tried], live: LiveFacts | None = None) -> Plan:
    """A rehearsed plan with the undo of each migration as it was measured, sealed anew; `tried` is by file.

    Where no rollback is declared the generated one stands in the plan, if it runs.
    """
    if plan.evidence is None or not tried or plan.direction is not Direction.UP:
        return plan
    traffic = activity_of(live)
    today = dt.datetime.fromisoformat(plan.created_at).date()
    migrations = tuple(
        _measured(each, tried.get(each.file), traffic, _said(manifest, each, tried.get(each.file), today))
        for each in plan.migrations
    )
    told = tuple(
        each.model_copy(update=_told(tried[each.file])) if each.file in tried else each
        for each in plan.evidence.migrations
    )
    risk = risk_of_all(migrations, plan.findings)
    before = frozenset(refusals_by_policy(manifest, plan.migrations, plan.findings, plan.risk))
    kept = tuple(reason for reason in plan.verdict.reasons if reason not in before)
    reasons = (*kept, *refusals_by_policy(manifest, migrations, plan.findings, risk))
    update = {
        "migrations": migrations,
        "risk": risk,
        "backup": backup_for(manifest.backup, migrations),
        "evidence": plan.evidence.model_copy(update={"migrations": told}),
        "verdict": Verdict(allowed=not reasons, reasons=reasons),
    }
    return sealed(plan.model_copy(update=update))


def _told(tried: Tried) -> dict[str, object]:
    told: dict[str, object] = {"round_trip": tried.declared or tried.generated or _NOTHING_TO_UNDO}
    if tried.declared is not None and tried.undo is not None:
        told |= {"offered_rollback": tried.undo.sql, "offered_round_trip": tried.generated}
    return told


def _measured(
    migration: PlannedMigration, tried: Tried | None, traffic: Mapping[str, TableActivity], said: tuple[Finding, ...]
) -> PlannedMigration:
    undo = migration.undo if tried is None else undo_after(migration.undo, tried)
    if undo == migration.undo and not said:
        return migration
    weighed = rated(migration.file, migration.steps, (*migration.findings, *said), undo, traffic)
    update = {"steps": weighed.steps, "findings": weighed.findings, "risk": weighed.risk, "undo": undo}
    return migration.model_copy(update=update)


def _said(manifest: Manifest, migration: PlannedMigration, tried: Tried | None, today: dt.date) -> tuple[Finding, ...]:
    """What is said against the declared rollback, as policies and exemptions have it."""
    file = migration.undo.file
    if tried is None or tried.declared is None or file is None or tried.declared.outcome in _NOTHING_SAID:
        return ()
    up = script(migration.sql.encode(), migration.path, Wrapping.NONE)
    judged = Judged(migration.file, migration.path, up.division)
    return weigh(warned(trip_findings(judged, file, tried.declared)), (judged,), manifest.policies, today)


def undo_after(undo: Undo, tried: Tried) -> Undo:
    """The declared rollback with its measured class, or the generated one where none is declared."""
    if tried.declared is not None:
        return _graded(undo, tried.declared)
    if undo.sql is not None or tried.generated is None:
        return undo
    if tried.undo is None or tried.generated.outcome is RoundTripOutcome.FAILS:
        return undo.model_copy(update={"reason": f"no rollback is declared, and {tried.generated.detail}"})
    return _graded(tried.undo, tried.generated)


def _graded(undo: Undo, trip: RoundTrip) -> Undo:
    grade, reason = undo.undo_class, undo.reason
    match trip.outcome:
        case RoundTripOutcome.FAILS:
            # Without steps: the text stays, but what fails is no usable rollback where the manifest requires one.
            update = {
                "undo_class": UndoClass.IRREVERSIBLE,
                "reason": f"tried on the shadow, {trip.detail}",
                "steps": (),
            }
            return undo.model_copy(update=update)
        case RoundTripOutcome.LOSES_DATA:
            grade, reason = UndoClass.IRREVERSIBLE, f"tried on the shadow, {trip.detail}"
        case RoundTripOutcome.DIFFERS:
            reason = f"{reason}; tried on the shadow, it leaves a difference: {trip.detail}"
        case RoundTripOutcome.PROVEN | RoundTripOutcome.NOT_TRIED:
            pass
    return undo.model_copy(update={"undo_class": grade, "reason": reason})
