"""An SQL file in the folder of migrations that is never run."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="file-passed-over",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=0,
    harm="Nobody notices that it never ran: because of its name the layout's own tool passes it over, and so do we.",
    remedy="Rename it if it is a migration; else move it out of the folder.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("The names of the files in the folder are held against those that the layout has for migrations."),
)
