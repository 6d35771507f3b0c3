"""What a round trip says against a declared rollback, as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.evidence import Spot, finding_of
from migsafe.planner.rules.evidence import rollback_differs, rollback_fails, rollback_loses_data
from migsafe.planner.rules.rule import Hit
from migsafe.schemas.evidence import RoundTripOutcome
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Judged
    from migsafe.planner.rules.rule import Rule
    from migsafe.schemas.evidence import RoundTrip
    from migsafe.schemas.finding import Finding

_MOST_DIFFERENCES = 5
_ORDER = "column order of "


def warned(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What of it a plan says: a bad way back is no reason not to go, and what is lost stands in the undo class."""
    told = (each for each in findings if each.rule != rollback_loses_data.RULE.name)
    return tuple(
        each.model_copy(update={"severity": Severity.WARNING}) if each.severity is Severity.ERROR else each
        for each in told
    )


def trip_findings(migration: Judged, rollback: str, trip: RoundTrip) -> tuple[Finding, ...]:
    """What is said of a declared rollback, with each rule's own severity; `rollback` is its path.

    They stand at the first statement of the migration, so that they can be exempted as everything else.
    """
    first = next(iter(migration.statements), None)
    spot = Spot(path=migration.path) if first is None else Spot.of(first)
    return tuple(
        finding_of(rule, spot, Hit("", f"{rollback}: {detail}"), severity=severity)
        for rule, detail, severity in _said(trip)
    )


def _said(trip: RoundTrip) -> Iterator[tuple[Rule, str, Severity]]:
    if trip.outcome is RoundTripOutcome.NOT_TRIED:
        return
    if trip.outcome is RoundTripOutcome.FAILS:
        yield rollback_fails.RULE, trip.detail, rollback_fails.RULE.severity
        return
    if trip.lost:
        detail = f"what stood in {', '.join(trip.lost)} does not come back"
        yield rollback_loses_data.RULE, detail, rollback_loses_data.RULE.severity
    differences = (*trip.differences, *(f"applied again: {each}" for each in trip.again))
    if differences:
        yield rollback_differs.RULE, _told(differences), _severity(differences)
    elif trip.outcome is RoundTripOutcome.DIFFERS:
        yield rollback_differs.RULE, trip.detail, Severity.WARNING  # the schema is restored, some rows stay


def _severity(differences: tuple[str, ...]) -> Severity:
    """No rollback can put a column back to its place in the middle of a table."""
    only_order = all(each.removeprefix("applied again: ").startswith(_ORDER) for each in differences)
    return Severity.NOTICE if only_order else rollback_differs.RULE.severity


def _told(differences: tuple[str, ...]) -> str:
    rest = len(differences) - _MOST_DIFFERENCES
    more = f"; and {rest} more" if rest > 0 else ""
    return f"it leaves differences: {'; '.join(differences[:_MOST_DIFFERENCES])}{more}"
