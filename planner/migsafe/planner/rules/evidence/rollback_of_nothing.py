"""A rollback script of a migration that is not there."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="rollback-of-nothing",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=0,
    harm="The migration that it was written for has another name, or is gone, and counts as one without a way back.",
    remedy="Give it the name of its migration, or delete it.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("Each rollback script is looked for beside the migrations of the folder."),
)
