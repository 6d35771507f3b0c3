"""--force: past what the policies of the manifest say, never past what history and target say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.verdict import refusals_by_policy
from migsafe.schemas.plan import Plan, Verdict
from migsafe.schemas.seal import sealed

if TYPE_CHECKING:
    from migsafe.schemas.manifest import Manifest


def forced(plan: Plan, manifest: Manifest) -> Plan:
    """The plan without the refusals that come from policies, sealed anew; they stay in it as what was overruled.

    A plan with any other reason against it stays refused. The same plan and manifest give the same digest.
    """
    if plan.verdict.allowed:
        return plan
    policies = frozenset(refusals_by_policy(manifest, plan.migrations, plan.findings, plan.risk))
    left = tuple(reason for reason in plan.verdict.reasons if reason not in policies)
    overruled = tuple(f"overruled by --force: {reason}" for reason in plan.verdict.reasons)
    verdict = Verdict(allowed=not left, reasons=left or overruled)
    return sealed(plan.model_copy(update={"verdict": verdict}))
