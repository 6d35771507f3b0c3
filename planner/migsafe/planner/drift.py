"""What a plan says of drift: objects that changed since the last run, and that its base does not guard."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from migsafe.planner.evidence import Spot, finding_of, weigh
from migsafe.planner.rules.evidence.drift_outside_plan import RULE
from migsafe.planner.rules.rule import Hit
from migsafe.planner.verdict import refusals_by_policy
from migsafe.schemas.catalog.fingerprint import fingerprint_name
from migsafe.schemas.plan import Verdict
from migsafe.schemas.seal import sealed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from migsafe.schemas.catalog import Change
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import Plan

_OBJECTS = 20
"""So many objects have a finding of their own."""

_SENTENCES = 5


def drift_findings(changes: Iterable[Change], guarded: Collection[str]) -> tuple[Finding, ...]:
    """One finding for each drifted object that is not guarded, and one for all that are too many.

    `guarded` are names as fingerprints have them. Severity is the rule's own.
    """
    hits = [
        Hit(name, _detail([change.sentence for change in together]))
        for name, together in groupby(changes, key=lambda change: fingerprint_name(change.within))
        if name not in guarded
    ]
    shown = hits[:_OBJECTS]
    if more := len(hits) - len(shown):
        shown.append(Hit("", f"{more:,} more objects drifted: migsafe drift lists them"))
    return tuple(finding_of(RULE, Spot(), hit) for hit in shown)


def with_drift(manifest: Manifest, plan: Plan, changes: Iterable[Change], today: dt.date) -> Plan:
    """The plan with findings on what drifted outside of it, sealed anew; `changes` are those since the last run."""
    found = weigh(drift_findings(changes, {one.object for one in plan.base}), (), manifest.policies, today)
    if not found:
        return plan
    # They have no points, so that the risk stays.
    refusals = refusals_by_policy(manifest, (), found, plan.risk)
    reasons = tuple(dict.fromkeys((*plan.verdict.reasons, *refusals)))
    verdict = Verdict(allowed=not reasons, reasons=reasons)
    return sealed(plan.model_copy(update={"findings": (*plan.findings, *found), "verdict": verdict}))


def _detail(sentences: list[str]) -> str:
    more = len(sentences) - _SENTENCES
    return "; ".join(sentences[:_SENTENCES]) + (f"; and {more} more changes" if more > 0 else "")
