"""A declared rollback that brings a table or column back without what stood in it."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="rollback-loses-data",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=0,  # what the way back is worth is weighed with the class of the undo, which is the measured one
    harm="The shape comes back and the rows do not: only a backup has them.",
    remedy=(
        "Keep what is dropped until nobody needs it: rename it out of the way, or let the policy "
        "`destructive: quarantine` do so."
    ),
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "Declared rollbacks are run on a scratch server after their migrations, which are then applied again: by "
        "`validate --rehearse` all, by `plan` those of pending migrations, where it is a warning at most."
    ),
)
