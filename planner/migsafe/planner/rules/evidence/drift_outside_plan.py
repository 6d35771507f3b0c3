"""An object that somebody changed since the last run, and that the plan does not guard."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="drift-outside-plan",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=0,
    harm="The target is not what the migrations say. The run takes it as it is, and records it as what should be.",
    remedy="Undo it by hand, or write it into a migration; or take it for what should be: migsafe drift --accept.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "The target's catalog is held against the one that the last run left; tables and views that the plan touches "
        "are guarded by its base instead."
    ),
)
