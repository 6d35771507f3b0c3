"""A rollback of what was kept: what comes back, and what was purged and does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.quarantine.refusing import PURGED
from migsafe.planner.verdict import refusals_by_policy
from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from migsafe.planner.prepared import Script
    from migsafe.planner.quarantine.returning import Return
    from migsafe.schemas.ledger import AppliedMigration, LedgerState
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import PlannedMigration
    from migsafe.schemas.quarantine import Quarantined, QuarantineEntry

_POINTS = 60


def kept_by(ledger: LedgerState, file: str) -> tuple[Quarantined, ...]:
    """What a migration left in quarantine that is still there, in the order in which it went."""
    mine = (each for each in ledger.quarantine if each.object.migration == file)
    return tuple(each.object for each in mine if each.purged_at is None)


def about_return(
    both: tuple[AppliedMigration, Script], back: Return, findings: tuple[Finding, ...], ledger: LedgerState
) -> tuple[Finding, ...]:
    """The findings on a rollback, without those on statements that are not done, and with what was purged."""
    applied, down = both
    left = (each for each in findings if (each.path, each.line, each.column) not in back.places)
    gone = (each for each in ledger.quarantine if each.object.migration == applied.file and each.purged_at is not None)
    return (*left, *(_purged(each, down.path) for each in gone))


def refusals_by_purge(manifest: Manifest, planned: tuple[PlannedMigration, ...]) -> tuple[str, ...]:
    """What stands against a rollback because it cannot bring back what was purged; --force goes past it."""
    if not planned:
        return ()
    reasons = refusals_by_policy(manifest, planned, (), planned[0].risk)
    return tuple(reason for reason in reasons if reason.startswith(f"{PURGED} in "))


def _purged(entry: QuarantineEntry, path: str) -> Finding:
    return Finding(
        rule=PURGED,
        severity=Severity.ERROR,
        dimension=Dimension.DATA_LOSS,
        points=_POINTS,
        object=entry.object.table,
        detail=f"{entry.object.name} was purged at {(entry.purged_at or '')[:19]}: what it held is gone",
        harm="The rollback would make it anew, empty.",
        remedy="Take what it held from a backup (migsafe backup list); --force makes it anew, empty.",
        path=path,
        line=0,
        column=0,
        excerpt="",
        statement="",
        waiver=None,
    )
