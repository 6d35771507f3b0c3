"""What is said of broken queries in a plan: one finding for each statement that breaks some."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from migsafe.planner.evidence import Spot, finding_of
from migsafe.planner.rules.evidence import query_breaks, query_result_changes
from migsafe.planner.rules.rule import Hit
from migsafe.schemas.impact import InFile, InStatistics, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migsafe.planner.rules.rule import Rule
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.impact import Cause, QueryImpact

BREAKS = query_breaks.RULE.name
RESULT_CHANGES = query_result_changes.RULE.name

_RULES = {Verdict.BROKEN: query_breaks.RULE, Verdict.RESULT_TYPE_CHANGES: query_result_changes.RULE}
_SHOWN = 5
_BEGINNING = 80
"""Characters of a query's text by which people know it again."""


def findings_of(impacts: Iterable[QueryImpact]) -> tuple[Finding, ...]:
    """Findings for what breaks and for what returns something else, one for each statement that does it, in order.

    Severity and points are those before policies; what is unaffected or not checkable gives none.
    """
    groups: dict[tuple[str, Cause | None], list[QueryImpact]] = {}
    for impact in impacts:
        rule = _RULES.get(impact.verdict)
        if rule is not None:
            groups.setdefault((rule.name, impact.because), []).append(impact)
    rules = {rule.name: rule for rule in _RULES.values()}
    return tuple(_finding(rules[name], because, found) for (name, because), found in groups.items())


def _finding(rule: Rule, because: Cause | None, impacts: Sequence[QueryImpact]) -> Finding:
    relations = sorted({touched.relation for impact in impacts for touched in impact.objects})
    return finding_of(rule, _spot(because), Hit(relations[0] if len(relations) == 1 else "", _detail(impacts)))


def _spot(because: Cause | None) -> Spot:
    if because is None:
        return Spot()
    return Spot(because.path, because.line, 1, because.statement.partition("\n")[0][:300], because.sha256)


def _detail(impacts: Sequence[QueryImpact]) -> str:
    """How many queries, the most called first, each with what is said of it."""
    most = sorted(impacts, key=_calls, reverse=True)
    told = "; ".join(f"{_named(impact)}: {impact.message}{_altered(impact)}" for impact in most[:_SHOWN])
    more = f"; and {len(impacts) - _SHOWN} more" if len(impacts) > _SHOWN else ""
    estimated = " (estimated)" if all(impact.estimated for impact in impacts) else ""
    return f"{len(impacts)} {'query' if len(impacts) == 1 else 'queries'}{estimated}: {told}{more}"


def _altered(impact: QueryImpact) -> str:
    """Which column of which table it is, which no server says."""
    if not impact.altered:
        return ""
    names = ", ".join(str(touched) for touched in impact.altered)
    return f" ({names})" if impact.estimated else f" ({names}, estimated)"


def _named(impact: QueryImpact) -> str:
    """Where the query stands; of one that was seen by the statistics, how it begins too."""
    origin = impact.query.origin
    match origin:
        case InFile():
            return str(origin)
        case InStatistics():
            text = " ".join(impact.query.sql.split())
            return f"`{text[:_BEGINNING]}{'...' if len(text) > _BEGINNING else ''}`, {origin}"
        case _:
            assert_never(origin)


def _calls(impact: QueryImpact) -> int:
    origin = impact.query.origin
    return origin.calls if isinstance(origin, InStatistics) else 0


def merged(server: Sequence[QueryImpact], estimates: Sequence[QueryImpact]) -> tuple[QueryImpact, ...]:
    """The server's word on each query, with the columns that the estimate names, and with what no server can see.

    The estimates are of all queries; those on which the server says nothing are unaffected by its word. Rows that
    become JSON lose keys without an error anywhere.
    """
    told = {_key(impact): impact for impact in server}
    found = [_merged(told.pop(_key(estimate), None), estimate) for estimate in estimates]
    return (*(impact for impact in found if impact is not None), *told.values())


def _key(impact: QueryImpact) -> tuple[str, str]:
    return (impact.query.sql, str(impact.query.origin))


def _merged(server: QueryImpact | None, estimate: QueryImpact) -> QueryImpact | None:
    keys = estimate.verdict is Verdict.RESULT_TYPE_CHANGES and not estimate.sqlstate
    if server is None:
        return estimate if keys else None
    if server.verdict is Verdict.UNAFFECTED and keys:
        return estimate
    known = {*server.objects}
    columns = (touched for touched in estimate.objects if touched.column and touched not in known)
    affected = server.verdict in _RULES
    update = {"objects": (*server.objects, *columns), "altered": estimate.altered if affected else ()}
    return server.model_copy(update=update)
