"""A statement that could not be rehearsed, because it wants rows that only the target has."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="statement-wants-rows",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="Nobody knows before it runs whether the target has the rows. All other statements were rehearsed without it.",
    remedy="See that the rows are there: the server's message names what was missed on the shadow, which has none.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "The shadow has the schema of a real target and none of its rows; what fails for want of them is told."
    ),
)
