"""The risk of a migration and of each of its statements, from its findings, its locks and its way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.risk.availability import exposures
from migsafe.planner.risk.combine import combine, points_of, way_back
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import parsed
from migsafe.schemas.risk import Point, Risk
from migsafe.schemas.step import LoneStep, TransactionStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migsafe.planner.risk.availability import Exposure
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.live import TableActivity
    from migsafe.schemas.plan import Undo
    from migsafe.schemas.step import StatementText, Step


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
    waits = [(each.line, _point(each, path)) for each in found if id(each) not in covered and each.points > 0]
    scored = [(finding.line, point) for finding in told for point in points_of([finding])]
    by_line: dict[int, list[Point]] = {}
    for line, point in (*scored, *waits):
        by_line.setdefault(line, []).append(point)
    every = (*(point for points in by_line.values() for point in points), *way_back(file, undo))
    return Rated(tuple(_with_risk(step, by_line) for step in steps), told, combine(every))


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


def _with_risk(step: Step, by_line: Mapping[int, list[Point]]) -> Step:
    match step:
        case TransactionStep(statements=texts):
            return step.model_copy(update={"statements": tuple(_text(text, by_line) for text in texts)})
        case LoneStep(statement=text):
            return step.model_copy(update={"statement": _text(text, by_line)})


def _text(text: StatementText, by_line: Mapping[int, list[Point]]) -> StatementText:
    points = list(_of_lines(text, by_line))
    return text.model_copy(update={"risk": combine(points)}) if points else text


def _of_lines(text: StatementText, by_line: Mapping[int, list[Point]]) -> Iterator[Point]:
    """The points at the lines of the statement: findings inside a code block have lines of their own."""
    last = text.line + (text.instead_of or text.sql).strip().count("\n")
    for line, points in by_line.items():
        if text.line <= line <= last:
            yield from points
