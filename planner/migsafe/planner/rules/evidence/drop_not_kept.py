"""A drop that cannot be kept in quarantine although the policy asks for it."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="drop-not-kept",
    severity=Severity.ERROR,
    dimension=Dimension.DATA_LOSS,
    points=60,
    harm="policies.destructive is quarantine, and with --force the statement would run as it stands.",
    remedy="Do what the finding says, so that nothing is lost; or drop it for good, with --force or an exemption.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence("Only where policies.destructive is `quarantine`, and with a target."),
)
