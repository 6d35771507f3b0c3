"""A server that did something else than the plan foretold."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="prediction-contradicted",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=0,
    harm=("The plan was reviewed for other locks, rewrites or losses than those that the statement really brings."),
    remedy=(
        "Look at what was measured, and judge the migration by it; a report of the statement helps to mend "
        "the prediction."
    ),
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "Effects foretold from the SQL are held against what a server did in a rehearsal, or the target when "
        "it was applied."
    ),
)
