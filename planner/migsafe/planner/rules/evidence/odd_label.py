"""A label that sorts otherwise than it looks, or that another migration has too."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="odd-label",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="People and other tools may take another order, or another migration, for the one that is meant.",
    remedy="Keep it where it is applied already; labels of new migrations come from migsafe new.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("The labels of all migrations are compared with each other, and with the calendar."),
)
