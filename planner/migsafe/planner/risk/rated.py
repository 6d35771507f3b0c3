"""The risk of a migration and of each of its statements, from its findings, its locks and its way back."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.risk.availability import exposures
from migsafe.planner.risk.combine import combine, points_of, way_back
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import parsed
from migsafe.schemas.risk import Point, Risk
from migsafe.schemas.step import LoneStep, TransactionStep, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.planner.risk.availability import Exposure
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.live import TableActivity
    from migsafe.schemas.plan import Undo
    from migsafe.schemas.step import StatementText, Step


Spot: TypeAlias = tuple[int, int]
"""Line and column in the file, from 1."""


@dataclass(frozen=True, slots=True)
class Rated:
    """A migration with its risk."""

    steps: tuple[Step, ...]
    """Each statement with the risk that comes from it alone."""
    findings: tuple[Finding, ...]
    """Those about waiting with the points of the wait that is expected, where the size of the table is known."""
    risk: Risk


def rated(
    file: str,
    steps: tuple[Step, ...],
    findings: tuple[Finding, ...],
    undo: Undo,
    activity: Mapping[str, TableActivity],
) -> Rated:
    """The risk of one migration.

    A lock that blocks others on a relation of known size scores by the wait that is expected. A finding of kind
    `availability` on the same relation at the same statement names that same wait, so that it counts once, and with
    these points; every other finding has the points of its rule. What a statement adds is one more reason beside the
    others (see `combine`): a statement without a finding that holds no blocking lock for longer than a catalog change
    adds nothing, unless the traffic on its table is known to be so heavy that statements pile up even in that time.
    """
    found = exposures(steps, activity)
    told = tuple(_at_its_wait(finding, found) for finding in findings)
    covered = {id(exposure) for finding in findings for exposure in found if _same(finding, exposure)}
    path = findings[0].path if findings else file
    waits = [((each.line, each.column), _point(each, path)) for each in found if id(each) not in covered]
    scored = [((finding.line, finding.column), point) for finding in told for point in points_of([finding])]
    every = [*scored, *((place, point) for place, point in waits if point.points > 0)]
    risk = combine((*(point for _, point in every), *way_back(file, undo)))
    return Rated(_with_risks(steps, every), told, risk)


def _at_its_wait(finding: Finding, found: Iterable[Exposure]) -> Finding:
    same = [exposure for exposure in found if _same(finding, exposure)]
    if not same:
        return finding
    gravest = max(same, key=lambda exposure: exposure.points)
    return finding.model_copy(update={"points": gravest.points, "fact": gravest.fact})


def _same(finding: Finding, exposure: Exposure) -> bool:
    if finding.dimension is not Dimension.AVAILABILITY or not finding.object:
        return False
    if (finding.line, finding.column) != (exposure.line, exposure.column):
        return False
    mine, other = parsed(finding.object), parsed(exposure.relation)
    return mine.name == other.name and mine.schema in {None, other.schema}


def _point(exposure: Exposure, path: str) -> Point:
    fact = f"{exposure.fact} ({path}:{exposure.line})"
    return Point(points=exposure.points, dimension=Dimension.AVAILABILITY, fact=fact)


def _with_risks(steps: tuple[Step, ...], points: Iterable[tuple[Spot, Point]]) -> tuple[Step, ...]:
    """The steps with each point at the statement in which it lies: the last one that begins at its place or before.

    Findings inside a code block have places of their own; those that concern the whole file lie in no statement.
    """
    begins = sorted((text.line, text.column) for step in steps for text in statements_of(step))
    by_begin: dict[Spot, list[Point]] = {}
    for place, point in points:
        if (number := bisect_right(begins, place)) > 0:
            by_begin.setdefault(begins[number - 1], []).append(point)
    return tuple(_with_risk(step, by_begin) for step in steps)


def _with_risk(step: Step, by_begin: Mapping[Spot, list[Point]]) -> Step:
    match step:
        case TransactionStep(statements=texts):
            return step.model_copy(update={"statements": tuple(_text(text, by_begin) for text in texts)})
        case LoneStep(statement=text):
            return step.model_copy(update={"statement": _text(text, by_begin)})


def _text(text: StatementText, by_begin: Mapping[Spot, list[Point]]) -> StatementText:
    points = by_begin.get((text.line, text.column))
    return text.model_copy(update={"risk": combine(points)}) if points else text
