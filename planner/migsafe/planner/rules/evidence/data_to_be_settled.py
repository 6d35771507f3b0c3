"""Rows on which a statement would fail, unless an earlier statement of the plan mends them."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="data-to-be-settled",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="If that statement leaves one of them as it is, this one fails.",
    remedy="Try it: migsafe apply --dry-run.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("The plan asks the target about its rows before it is sealed; without a target nothing is said."),
)
