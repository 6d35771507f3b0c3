"""What is said of the folder itself: files that are never run, and labels that are not what they look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from migsafe.planner.evidence import Spot, finding_of, weigh
from migsafe.planner.rules.evidence import file_passed_over, odd_label, rollback_of_nothing
from migsafe.planner.rules.rule import Hit
from migsafe.planner.verdict import refusals_by_policy
from migsafe.schemas.migration import StrayKind
from migsafe.schemas.plan import Verdict
from migsafe.schemas.seal import sealed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration, Stray
    from migsafe.schemas.plan import Plan

_EACH = 20
"""So many files of a kind have a finding of their own."""


def stray_findings(strays: Iterable[Stray]) -> Iterator[Finding]:
    """What is said of files that are never run, with the severity of the rule."""
    passed, orphans = [], []
    for stray in strays:
        match stray.kind:
            case StrayKind.PASSED_OVER:
                passed.append((stray.path, stray.why))
            case StrayKind.ROLLBACK_OF_NOTHING:
                orphans.append((stray.path, "no migration has its name"))
            case _:
                assert_never(stray.kind)
    for rule, found in ((file_passed_over.RULE, passed), (rollback_of_nothing.RULE, orphans)):
        yield from (finding_of(rule, Spot(path), hit) for path, hit in _shown(found))


def label_findings(migrations: Iterable[Migration]) -> Iterator[Finding]:
    """What is odd about the labels of migrations."""
    odd = [(migration.up.path, note) for migration in migrations for note in migration.notes]
    return (finding_of(odd_label.RULE, Spot(path), hit) for path, hit in _shown(odd))


def with_strays(manifest: Manifest, plan: Plan, strays: Iterable[Stray], today: dt.date) -> Plan:
    """The plan with what is said of files that are never run, sealed anew."""
    found = weigh(stray_findings(strays), (), manifest.policies, today)
    if not found:
        return plan
    # They have no points, so that the risk stays.
    refusals = refusals_by_policy(manifest, (), found, plan.risk)
    reasons = tuple(dict.fromkeys((*plan.verdict.reasons, *refusals)))
    verdict = Verdict(allowed=not reasons, reasons=reasons)
    return sealed(plan.model_copy(update={"findings": (*plan.findings, *found), "verdict": verdict}))


def _shown(found: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Hit]]:
    yield from ((path, Hit("", detail)) for path, detail in found[:_EACH])
    if (more := len(found) - _EACH) > 0:
        yield "", Hit("", f"the same holds for {more:,} more files")
