"""Answers about the target's rows as findings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

from migsafe.planner.evidence import Spot, finding_of
from migsafe.planner.rules.evidence import (
    data_not_checked,
    data_to_be_settled,
    data_would_be_lost,
    data_would_fail,
)
from migsafe.planner.rules.rule import Hit
from migsafe.schemas.policies import PreflightPolicy
from migsafe.schemas.preflight import Clear, Consequence, Found, Refused, TimedOut, words_of
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.rules.rule import Rule
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.preflight import Answered, Preflight, Preflights, Unasked

_FEWEST, _MOST = data_would_be_lost.RULE.points, 70


def data_findings(preflights: Preflights, policy: PreflightPolicy) -> Mapping[str, tuple[Finding, ...]]:
    """What the answers come to, by the file of the statement; a clear answer comes to nothing.

    Rows on which a statement fails are an error, a warning where `policy` says so; rows that would be lost a warning.
    What could not be asked or was not answered is a notice: it never scores.
    """
    found: dict[str, list[Finding]] = {}
    for finding in _all(preflights, policy):
        found.setdefault(finding.path, []).append(finding)
    return {path: tuple(each) for path, each in found.items()}


def _all(preflights: Preflights, policy: PreflightPolicy) -> Iterator[Finding]:
    for one in preflights.answered:
        if (finding := _answered(one, policy)) is not None:
            yield finding
    yield from map(_unasked, preflights.unasked)


def _answered(one: Answered, policy: PreflightPolicy) -> Finding | None:
    preflight = one.preflight
    match one.result:
        case Clear():
            return None
        case Found() as result:
            return _found(preflight, result, policy)
        case TimedOut(after_ms=waited):
            return _unanswered(preflight, f"no answer came within {waited} ms")
        case Refused(sqlstate=sqlstate):
            return _unanswered(preflight, f"the server refused the question with SQLSTATE {sqlstate}")
        case _:
            assert_never(one.result)


def _found(preflight: Preflight, result: Found, policy: PreflightPolicy) -> Finding:
    such = f", such as ({', '.join(preflight.key)}) = ({', '.join(result.sample)})" if result.sample else ""
    yes = "" if preflight.question.startswith("how many") else "Yes, "
    detail = f"{preflight.question} {yes}{words_of(result)}{such}"
    match preflight.consequence:
        case Consequence.FAILS:
            severity = Severity.ERROR if policy is PreflightPolicy.REFUSE else Severity.WARNING
            return _finding(data_would_fail.RULE, preflight, detail).model_copy(update={"severity": severity})
        case Consequence.LOSES:
            points = _weight(result.count)
            return _finding(data_would_be_lost.RULE, preflight, detail).model_copy(update={"points": points})
        case Consequence.SETTLED:
            before = f"{detail}, before an earlier statement of the plan changes them"
            return _finding(data_to_be_settled.RULE, preflight, before)
        case _:
            assert_never(preflight.consequence)


def _weight(count: int) -> int:
    """The rule's own points for one row, 10 more for each power of ten."""
    return min(_MOST, round(_FEWEST + 10 * math.log10(max(1, count))))


def _unanswered(preflight: Preflight, why: str) -> Finding:
    return _finding(data_not_checked.RULE, preflight, f"{preflight.question} Not known: {why}")


def _finding(rule: Rule, preflight: Preflight, detail: str) -> Finding:
    spot = Spot(preflight.path, preflight.line, preflight.column, preflight.excerpt, preflight.statement)
    return finding_of(rule, spot, Hit(preflight.object, detail))


def _unasked(one: Unasked) -> Finding:
    detail = f"the rows of {one.object} were not looked at for {one.hazard}: {one.reason}"
    return finding_of(data_not_checked.RULE, Spot(one.path, one.line, 1, "", one.statement), Hit(one.object, detail))
