"""Rows or values of the target that a statement takes away."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="data-would-be-lost",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=20,  # for one row, and 10 points more for each power of ten
    harm="They are in the target now and gone afterwards; only a backup brings them back.",
    remedy="Keep a copy where it is still needed, and drop it in a later release.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("The plan asks the target about its rows before it is sealed; without a target nothing is said."),
)
