"""A validation with what came of the round trips of the whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.evidence import weigh
from migsafe.planner.prepared import prepare
from migsafe.planner.reverse.findings import trip_findings
from migsafe.planner.rules.context import Judged
from migsafe.planner.verdict import refusals_by_policy
from migsafe.schemas.evidence import RoundTripOutcome, TriedRollback

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from migsafe.planner.reverse.proven import Tried
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.report import ValidateReport


def with_rollbacks_tried(
    manifest: Manifest,
    report: ValidateReport,
    migrations: tuple[Migration, ...],
    tried: Mapping[str, Tried],
    today: dt.date,
) -> ValidateReport:
    """The report with the round trips, by file, and what they say against declared rollbacks."""
    known = tuple(each for each in migrations if each.file in tried)
    astray = tuple(each for each in known if _astray(tried[each.file]))
    judged = {each.file: _judged(each) for each in astray}
    found = weigh(
        (finding for each in astray for finding in _findings(each, judged[each.file], tried[each.file])),
        tuple(judged.values()),
        manifest.policies,
        today,
    )
    # They have no points, so that the risk stays.
    reasons = tuple(dict.fromkeys((*report.reasons, *refusals_by_policy(manifest, (), found, report.risk))))
    update = {
        "findings": (*report.findings, *found),
        "reasons": reasons,
        "passed": not reasons,
        "rollbacks": tuple(_told(each, tried[each.file]) for each in known),
    }
    return report.model_copy(update=update)


def _astray(tried: Tried) -> bool:
    return tried.declared is not None and tried.declared.outcome is not RoundTripOutcome.PROVEN


def _judged(migration: Migration) -> Judged:
    return Judged(migration.file, migration.up.path, prepare(migration).up.division)


def _findings(migration: Migration, judged: Judged, tried: Tried) -> tuple[Finding, ...]:
    if tried.declared is None or migration.down is None:
        return ()
    return trip_findings(judged, migration.down.path, tried.declared)


def _told(migration: Migration, tried: Tried) -> TriedRollback:
    return TriedRollback(
        file=migration.file,
        rollback=None if migration.down is None else migration.down.path,
        declared=tried.declared,
        generated=tried.generated,
        generated_sql=None if tried.undo is None else tried.undo.sql,
    )
