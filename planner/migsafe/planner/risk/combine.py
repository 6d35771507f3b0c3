"""Risk: reasons that combine as independent chances of harm do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from migsafe.schemas.finding import Dimension
from migsafe.schemas.plan import UndoClass
from migsafe.schemas.risk import Point, Risk
from migsafe.schemas.severity import Level, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.plan import Undo

_MEGABYTE = 1_000_000
_UNDO_POINTS = {UndoClass.LOSSLESS: 0, UndoClass.LOSES_NEW_DATA: 3, UndoClass.IRREVERSIBLE: 10}


def combine(points: Iterable[Point]) -> Risk:
    """The risk of some reasons together: 100 x (1 - product of (1 - points/100)), rounded to the nearest.

    So no order matters, none lowers it, 100 is only reached by a reason of 100, and reasons without points are left
    out. Reasons stand gravest first.
    """
    counted = [point for point in points if point.points > 0]
    safe = math.prod(1 - point.points / 100 for point in sorted(counted, key=lambda point: point.points))
    score = round(100 * (1 - safe))
    if score == 100 and safe > 0:  # noqa: PLR2004 - certainty is not reached by rounding
        score = 99
    gravest_first = sorted(counted, key=lambda point: (-point.points, point.dimension, point.fact))
    return Risk(score=score, level=Level.of(score), points=tuple(gravest_first))


def points_of(findings: Iterable[Finding]) -> tuple[Point, ...]:
    """The reasons among findings: those that count and are warnings or errors. A notice informs and never scores."""
    return tuple(
        Point(points=finding.points, dimension=finding.dimension, fact=_fact(finding), rule=finding.rule)
        for finding in findings
        if finding.counts and finding.severity.rank > Severity.NOTICE.rank and finding.points > 0
    )


def _fact(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    told = f"{finding.detail}: {finding.fact}" if finding.fact else finding.detail
    return f"{told} ({finding.rule}, {place})" if place else f"{told} ({finding.rule})"


def undo_points(undo_class: UndoClass, reason: str) -> tuple[Point, ...]:
    """What the way back adds: nothing for `lossless`, more the less of it there is."""
    points = _UNDO_POINTS[undo_class]
    return (Point(points=points, dimension=Dimension.RECOVERY, fact=reason),) if points else ()


def way_back(file: str, undo: Undo) -> tuple[Point, ...]:
    """The same of a migration, with its file."""
    return undo_points(undo.undo_class, f"{file}: {undo.reason}")


def worst_way_back(points: Sequence[Point]) -> tuple[Point, ...]:
    """The ways back of several migrations as one reason: a plan is undone as far as its worst migration lets it be.

    As a reason each, ninety harmless migrations without a rollback would make a critical plan.
    """
    if not points:
        return ()
    worst = max(points, key=lambda point: point.points)
    others = len(points) - 1
    more = f" (and {others} more migration{'s' if others > 1 else ''})" if others else ""
    return (worst.model_copy(update={"fact": f"{worst.fact}{more}"}),)


def scaled(points: int, size: int | None) -> int:
    """The points of a harm that grows with the table, for its size in bytes; unknown counts as 1 GB.

    A quarter up to 1 MB, full at 1 GB, half as much again from 100 GB on, and never above 95. Larger tables never
    score less; a harm with points keeps at least one.
    """
    if size is None or points == 0:
        return points
    factor = 0.25 + 0.25 * math.log10(max(size, _MEGABYTE) / _MEGABYTE)
    return max(1, min(95, round(points * min(factor, 1.5))))
