"""What is said of broken queries in a plan: one finding for each statement that breaks some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.impact import InStatistics, Verdict
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migsafe.schemas.impact import Cause, QueryImpact

BREAKS = "query-breaks"
RESULT_CHANGES = "query-result-changes"

_RULES = {Verdict.BROKEN: BREAKS, Verdict.RESULT_TYPE_CHANGES: RESULT_CHANGES}
_POINTS = {BREAKS: 60, RESULT_CHANGES: 15}
_HARM = {
    BREAKS: "The application gets an error wherever it uses these queries, from the moment the statement is applied.",
    RESULT_CHANGES: "The application gets other columns than it was written for, and clients that keep a prepared "
    "statement get the error 0A000 until they connect anew.",
}
_REMEDY = {
    BREAKS: "Deploy the application without these queries first; or keep the old name beside the new one until it is.",
    RESULT_CHANGES: "Name the columns instead of `*`, and let clients connect anew after the migration.",
}
_SHOWN = 5


def findings_of(impacts: Iterable[QueryImpact]) -> tuple[Finding, ...]:
    """Findings for what breaks and for what returns something else, one for each statement that does it, in order.

    Severity and points are those before policies; what is unaffected or not checkable gives none.
    """
    groups: dict[tuple[str, Cause | None], list[QueryImpact]] = {}
    for impact in impacts:
        rule = _RULES.get(impact.verdict)
        if rule is not None:
            groups.setdefault((rule, impact.because), []).append(impact)
    return tuple(_finding(rule, because, found) for (rule, because), found in groups.items())


def _finding(rule: str, because: Cause | None, impacts: Sequence[QueryImpact]) -> Finding:
    relations = sorted({touched.relation for impact in impacts for touched in impact.objects})
    return Finding(
        rule=rule,
        severity=Severity.WARNING,
        dimension=Dimension.COMPATIBILITY,
        points=_POINTS[rule],
        object=relations[0] if len(relations) == 1 else "",
        detail=_detail(impacts),
        harm=_HARM[rule],
        remedy=_REMEDY[rule],
        path=because.path if because else "",
        line=because.line if because else 0,
        column=1 if because else 0,
        excerpt=because.statement.partition("\n")[0][:300] if because else "",
        statement=because.sha256 if because else "",
        waiver=None,
    )


def _detail(impacts: Sequence[QueryImpact]) -> str:
    """How many queries, the most called first, each with what is said of it."""
    most = sorted(impacts, key=_calls, reverse=True)
    told = "; ".join(f"{impact.query.origin}: {impact.message}" for impact in most[:_SHOWN])
    more = f"; and {len(impacts) - _SHOWN} more" if len(impacts) > _SHOWN else ""
    estimated = " (estimated)" if all(impact.estimated for impact in impacts) else ""
    return f"{len(impacts)} {'query' if len(impacts) == 1 else 'queries'}{estimated}: {told}{more}"


def _calls(impact: QueryImpact) -> int:
    origin = impact.query.origin
    return origin.calls if isinstance(origin, InStatistics) else 0


def merged(server: Sequence[QueryImpact], estimates: Sequence[QueryImpact]) -> tuple[QueryImpact, ...]:
    """The server's word on each query, with the columns that the estimate names, and with what no server can see.

    Both are of the same queries in the same order. Rows that become JSON lose keys without an error anywhere.
    """
    return tuple(map(_merged, server, estimates))


def _merged(server: QueryImpact, estimate: QueryImpact) -> QueryImpact:
    keys = estimate.verdict is Verdict.RESULT_TYPE_CHANGES and not estimate.sqlstate
    if server.verdict is Verdict.UNAFFECTED and keys:
        return estimate
    known = {*server.objects}
    columns = (touched for touched in estimate.objects if touched.column and touched not in known)
    return server.model_copy(update={"objects": (*server.objects, *columns)})
