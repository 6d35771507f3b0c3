"""A question about the target's rows that was not asked, or not answered."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="data-not-checked",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="Whether the rows let the statement through is known only when it runs.",
    remedy="Look at the rows yourself, or try it: migsafe apply --dry-run.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("The plan asks the target about its rows before it is sealed; without a target nothing is said."),
)
