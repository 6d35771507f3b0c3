"""A rollback of what was purged from quarantine."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="purged-for-good",
    severity=Severity.ERROR,
    dimension=Dimension.DATA_LOSS,
    points=60,
    harm="The rollback would make it anew, empty.",
    remedy="Take what it held from a backup (migsafe backup list); --force makes it anew, empty.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("`migsafe down` looks in the ledger for what `migsafe purge` dropped."),
)
