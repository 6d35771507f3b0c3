"""How fast a server works: the constants of the model of hold times."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.ledger import Timing


class Work(StrEnum):
    """What takes the time of a statement."""

    BRIEF = "catalog change"
    SCAN = "scan"
    KEY_CHECK = "foreign key check"
    INDEX_BUILD = "index build"
    REWRITE = "rewrite"
    UPDATE = "update"


MEGABYTES_A_SECOND: Mapping[Work, float] = {
    Work.SCAN: 400,
    Work.KEY_CHECK: 100,
    Work.INDEX_BUILD: 60,
    Work.REWRITE: 20,
    Work.UPDATE: 6,
}
"""Megabytes of the table and its indexes that one backend gets through in a second.

Cautious: about a half of what `bench/speeds.py` measured on PostgreSQL 17 with two cores, a local disk and three
indexes (docs/measured.md), because a table in use is not all in memory and has more of them.
"""

BRIEF_SECONDS = 0.01
"""A change of the catalog alone, from lock to commit."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """Megabytes a second for each kind of work; what rehearsals and runs measured replaces the constants."""

    megabytes: Mapping[Work, float]
    measured: frozenset[Work] = frozenset()
    """Kinds of work whose speed was measured on the target."""

    def seconds(self, work: Work, size: int) -> float:
        """How long the work takes on a relation of this many bytes; never less than a change of the catalog."""
        if work is Work.BRIEF:
            return BRIEF_SECONDS
        return BRIEF_SECONDS + size / 1e6 / self.megabytes[work]


DEFAULT_SPEEDS = Speeds(MEGABYTES_A_SECOND)


ENOUGH = 3
"""Runs of a kind of work from which its speed is learned."""
_SMALLEST = 10_000_000
"""Bytes below which a run tells of start and end alone."""
_FURTHEST = 20
"""A measured speed counts at most so many times faster or slower than the constant: beyond, something else happened."""


def learned(timings: Iterable[Timing]) -> Speeds:
    """The constants, each corrected by the median of what earlier runs took on the same target, where there are enough.

    Only runs on relations of 10 MB and more count.
    """
    rates: dict[Work, list[float]] = {}
    for timing in timings:
        work = _NAMED.get(timing.work)
        if work is not None and work is not Work.BRIEF and timing.bytes >= _SMALLEST:
            rates.setdefault(work, []).append(timing.bytes / 1e6 / max(timing.ms / 1000, BRIEF_SECONDS))
    measured = {work: _within(work, median(found)) for work, found in rates.items() if len(found) >= ENOUGH}
    return Speeds({**MEGABYTES_A_SECOND, **measured}, frozenset(measured))


_NAMED = {work.value: work for work in Work}


def _within(work: Work, rate: float) -> float:
    constant = MEGABYTES_A_SECOND[work]
    return min(max(rate, constant / _FURTHEST), constant * _FURTHEST)


def work_of(statement: Statement, effect: Effect) -> Work:
    """What takes the time of a statement on one relation."""
    if effect.rewrite:
        return Work.REWRITE
    if not effect.scan:
        return Work.BRIEF
    kinds = {_work(action) for action in statement.actions}
    return next((work for work in (Work.UPDATE, Work.INDEX_BUILD, Work.KEY_CHECK) if work in kinds), Work.SCAN)


def worked(effect: Effect) -> Effect:
    """The effect after its rewrite turned out otherwise than foretold, with the work and the time that this means."""
    if effect.bytes is None:
        return effect
    work = Work.REWRITE if effect.rewrite else Work.SCAN if effect.scan else Work.BRIEF
    milliseconds = round(1000 * DEFAULT_SPEEDS.seconds(work, effect.bytes))
    return effect.model_copy(update={"work": work.value, "work_ms": milliseconds, "learned": False})


_KEYS = {ConstraintKind.UNIQUE, ConstraintKind.PRIMARY_KEY, ConstraintKind.EXCLUDE}


def _work(action: Action) -> Work:  # noqa: PLR0911 - one short case for each action
    match action:
        case act.Update() | act.Delete() | act.Merge():
            return Work.UPDATE
        case act.CreateIndex() | act.Reindex():
            return Work.INDEX_BUILD
        case act.AddConstraint(constraint=made) if made.kind in _KEYS and made.using_index is None:
            return Work.INDEX_BUILD
        case act.AddColumn(column=column) if any(made.kind in _KEYS for made in column.constraints):
            return Work.INDEX_BUILD
        case act.AddConstraint(constraint=made) if made.kind is ConstraintKind.FOREIGN_KEY:
            return Work.KEY_CHECK
        case act.ValidateConstraint():
            return Work.KEY_CHECK
        case _:
            return Work.SCAN
