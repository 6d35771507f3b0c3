"""Answers about the target's rows as findings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, assert_never

from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.policies import PreflightPolicy
from migsafe.schemas.preflight import Clear, Consequence, Found, Refused, TimedOut, words_of
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.schemas.preflight import Answered, Preflight, Preflights, Unasked

WOULD_FAIL = "data-would-fail"
WOULD_BE_LOST = "data-would-be-lost"
TO_BE_SETTLED = "data-to-be-settled"
NOT_CHECKED = "data-not-checked"
NAMES = (WOULD_FAIL, WOULD_BE_LOST, TO_BE_SETTLED, NOT_CHECKED)
"""The rules that speak of the target's rows."""

_CERTAIN = 95
_FEWEST, _MOST = 20, 70


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
    detail = f"{preflight.question} Yes, {words_of(result)}{such}"
    match preflight.consequence:
        case Consequence.FAILS:
            severity = Severity.ERROR if policy is PreflightPolicy.REFUSE else Severity.WARNING
            return _finding(preflight, (WOULD_FAIL, severity, Dimension.FAILURE, _CERTAIN), detail, _FAILING)
        case Consequence.LOSES:
            rule = (WOULD_BE_LOST, Severity.WARNING, Dimension.DATA_LOSS, _weight(result.count))
            return _finding(preflight, rule, detail, _LOSING)
        case Consequence.SETTLED:
            before = f"{detail}, before an earlier statement of the plan changes them"
            return _finding(preflight, (TO_BE_SETTLED, Severity.NOTICE, Dimension.FAILURE, 0), before, _SETTLING)
        case _:
            assert_never(preflight.consequence)


_FAILING = (
    "The statement fails on these rows, certainly.",
    "Mend the rows first, or let the migration do it in a statement before this one.",
)
_LOSING = (
    "They are in the target now and gone afterwards; only a backup brings them back.",
    "Keep a copy where it is still needed, and drop it in a later release.",
)
_SETTLING = ("If that statement leaves one of them as it is, this one fails.", "Try it: migsafe apply --dry-run.")
_UNKNOWING = (
    "Whether the rows let the statement through is known only when it runs.",
    "Look at the rows yourself, or try it: migsafe apply --dry-run.",
)


def _weight(count: int) -> int:
    """20 points for one row, 10 more for each power of ten."""
    return min(_MOST, round(_FEWEST + 10 * math.log10(max(1, count))))


def _unanswered(preflight: Preflight, why: str) -> Finding:
    return _finding(
        preflight,
        (NOT_CHECKED, Severity.NOTICE, Dimension.FAILURE, 0),
        f"{preflight.question} Not known: {why}",
        _UNKNOWING,
    )


def _finding(
    preflight: Preflight, rule: tuple[str, Severity, Dimension, int], detail: str, said: tuple[str, str]
) -> Finding:
    name, severity, dimension, points = rule
    harm, remedy = said
    return Finding(
        rule=name,
        severity=severity,
        dimension=dimension,
        points=points,
        object=preflight.object,
        detail=detail,
        harm=harm,
        remedy=remedy,
        path=preflight.path,
        line=preflight.line,
        column=preflight.column,
        excerpt=preflight.excerpt,
        statement=preflight.statement,
        waiver=None,
    )


def _unasked(one: Unasked) -> Finding:
    return Finding(
        rule=NOT_CHECKED,
        severity=Severity.NOTICE,
        dimension=Dimension.FAILURE,
        points=0,
        object=one.object,
        detail=f"the rows of {one.object} were not looked at for {one.hazard}: {one.reason}",
        harm=_UNKNOWING[0],
        remedy=_UNKNOWING[1],
        path=one.path,
        line=one.line,
        column=1,
        excerpt="",
        statement=one.statement,
        waiver=None,
    )
