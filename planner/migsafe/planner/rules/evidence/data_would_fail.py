"""Rows of the target on which a statement certainly fails."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="data-would-fail",
    severity=Severity.ERROR,  # a warning where `policies.preflight` says `warn`
    dimension=Dimension.FAILURE,
    points=95,
    harm="The statement fails on these rows, certainly.",
    remedy="Mend the rows first, or let the migration do it in a statement before this one.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("The plan asks the target about its rows before it is sealed; without a target nothing is said."),
)
