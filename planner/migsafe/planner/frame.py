"""What all plans have around their migrations: whose they are, for which target, until when, under which limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from migsafe.planner.risk import combine, points_of, way_back, worst_way_back
from migsafe.schemas.plan import PLAN_FORMAT, Direction, Limits, Plan, Verdict
from migsafe.schemas.preflight import NO_PREFLIGHTS
from migsafe.schemas.problem import Drift
from migsafe.schemas.seal import sealed

if TYPE_CHECKING:
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.ledger import LedgerState
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import MigrationStanding, PlannedBackup, PlannedMigration
    from migsafe.schemas.preflight import Preflights
    from migsafe.schemas.risk import Risk
    from migsafe.schemas.target import ObjectFingerprint, TargetFacts


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a plan this one. Given from outside: the planner has no clock and throws no dice."""

    id: str
    moment: datetime
    tool: str
    environment: str | None
    saved_facts: str | None = None
    """The moment of the saved facts that stand for the target, ISO 8601 UTC; None where it was asked itself."""


@dataclass(frozen=True, slots=True)
class Substance:
    """What a plan is about."""

    direction: Direction
    base: tuple[ObjectFingerprint, ...]
    history: tuple[MigrationStanding, ...]
    migrations: tuple[PlannedMigration, ...]
    findings: tuple[Finding, ...]
    risk: Risk
    backup: PlannedBackup
    refusals: tuple[str, ...]
    preflights: Preflights = NO_PREFLIGHTS


def plan_of(manifest: Manifest, facts: TargetFacts, stamp: Stamp, substance: Substance) -> Plan:
    """The sealed plan."""
    expires = stamp.moment + timedelta(milliseconds=manifest.policies.plan_expires_after)
    return sealed(
        Plan(
            format=PLAN_FORMAT,
            id=stamp.id,
            created_at=_text(stamp.moment),
            expires_at=_text(expires),
            tool=stamp.tool,
            direction=substance.direction,
            project=manifest.project,
            environment=stamp.environment,
            platform=manifest.platform,
            role=manifest.database.role,
            target=facts.identity,
            server_version=facts.session.server_version,
            ledger_head=facts.ledger.head,
            base=substance.base,
            history=substance.history,
            migrations=substance.migrations,
            findings=substance.findings,
            risk=substance.risk,
            backup=substance.backup,
            limits=_limits(manifest),
            preflights=substance.preflights,
            saved_facts=stamp.saved_facts,
            verdict=Verdict(allowed=not substance.refusals, reasons=substance.refusals),
            digest="",
        )
    )


def risk_of_all(planned: tuple[PlannedMigration, ...], overall: tuple[Finding, ...]) -> Risk:
    """The risk of some migrations together: all their reasons, those of the set, and the worst of their ways back."""
    ways = [way_back(migration.file, migration.undo) for migration in planned]
    both = zip(planned, ways, strict=True)
    reasons = (point for migration, way in both for point in migration.risk.points if point not in way)
    worst = worst_way_back([point for way in ways for point in way])
    return combine((*reasons, *worst, *points_of(overall)))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _limits(manifest: Manifest) -> Limits:
    policies = manifest.policies
    return Limits(
        timeouts=policies.timeouts,
        locking=policies.locking,
        maintenance_window=policies.maintenance_window,
        freeze=policies.freeze,
        preflight=policies.preflight,
        sampling=manifest.facts,
    )


def require_intact(ledger: LedgerState) -> None:
    """Raises Drift when the ledger's chain is broken: nothing may be planned on a history that was changed."""
    if not ledger.intact:
        raise Drift(
            f"the ledger of the target is broken at entry {ledger.broken_at}",
            why="its hash does not fit the entry before it: somebody changed or removed rows of migsafe.ledger",
            remedy="see what it says with `migsafe history --json`, and restore the schema migsafe from a backup",
        )
