"""Who would wait, and for how long: lock x expected hold x traffic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.schemas.step import statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.schemas.effect import Effect
    from migsafe.schemas.live import LiveFacts, TableActivity
    from migsafe.schemas.step import StatementText, Step

SLOWEST_NOTICED = 0.1
"""Seconds below which a wait costs nothing by itself: an application with a pool does not notice."""
GRAVEST = 95
"""Waiting alone never scores more."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """One relation that others wait for while a statement, and what follows it in its transaction, works."""

    line: int
    """Line of the statement, from 1."""
    column: int
    relation: str
    """Qualified and quoted as in SQL."""
    points: int
    """0-95."""
    fact: str
    """Why, in words."""


def exposures(steps: tuple[Step, ...], activity: Mapping[str, TableActivity]) -> tuple[Exposure, ...]:
    """Each lock that blocks reads or writes of a relation of known size, with what waiting for it costs.

    In a transaction a lock is held until its end: the first statement that takes the lock answers for all that
    follows. `activity` is what is known of traffic, by relation; rates that nobody measured count as none.
    """
    return tuple(found for step in steps for found in _of_step(statements_of(step), activity))


def activity_of(live: LiveFacts | None) -> dict[str, TableActivity]:
    """What is known of traffic, by relation; nothing without a target."""
    return {} if live is None else {table.table: table for table in live.tables}


def _of_step(texts: tuple[StatementText, ...], activity: Mapping[str, TableActivity]) -> Iterator[Exposure]:
    spent = [_seconds(text) for text in texts]
    answered: dict[str, int] = {}
    for number, text in enumerate(texts):
        for effect in text.effects:
            if effect.new or not effect.lock.blocks_writes or effect.work_ms is None:
                continue
            if answered.get(effect.relation, -1) >= effect.lock.strength:
                continue  # an earlier statement has the lock already and answers for it
            answered[effect.relation] = effect.lock.strength
            held, rest = effect.work_ms / 1000, sum(spent[number + 1 :])
            yield _exposure(text, effect, held, rest, activity.get(effect.relation))


def _seconds(text: StatementText) -> float:
    return max((effect.work_ms or 0 for effect in text.effects), default=0) / 1000


def _exposure(text: StatementText, effect: Effect, held: float, rest: float, traffic: TableActivity | None) -> Exposure:
    rate = waiting_rate(effect, traffic)
    blocked = (held + rest) * rate
    fact = f"{effect.lock} on {effect.relation}{_size(effect)}{_time(effect, held, rest)}{_blocked(rate, blocked)}"
    return Exposure(text.line, text.column, effect.relation, waiting_points(held + rest, blocked), fact)


def waiting_rate(effect: Effect, traffic: TableActivity | None) -> float:
    """Statements a second that would wait: writes, and reads too where the lock blocks them; 0 where nobody knows.

    Rows written stand for the statements that write them: single rows are what applications write.
    """
    if traffic is None:
        return 0.0
    return traffic.writes + (traffic.scans if effect.lock.blocks_reads else 0.0)


def waiting_points(seconds: float, blocked: float) -> int:
    """The points of a wait of so many seconds in which so many statements pile up.

    14 for each tenfold of seconds above a tenth, 6 for each tenfold of statements: 22 s that 7,500 statements wait
    score 55, a hundredth of a second on a quiet table 0. More of either never scores less.
    """
    points = 14 * math.log10(1 + max(0.0, seconds - SLOWEST_NOTICED / 2) * 10) + 6 * math.log10(1 + blocked)
    return min(GRAVEST, round(points))


def _size(effect: Effect) -> str:
    rows = f", {counted(effect.rows)} rows" if effect.rows is not None else ""
    return f"{rows}, {human(effect.bytes)}" if effect.bytes is not None else rows


def _time(effect: Effect, held: float, rest: float) -> str:
    source = " (as earlier runs here took)" if effect.learned else ""
    work = f", {effect.work} about {_duration(held)}{source}" if effect.work is not None else ""
    return f"{work}, then kept about {_duration(rest)} until the transaction ends" if rest > SLOWEST_NOTICED else work


def _blocked(rate: float, blocked: float) -> str:
    return (
        f", {counted(round(rate))} statements/s that it blocks: about {counted(round(blocked))} would wait"
        if rate
        else ""
    )


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes


def counted(number: int) -> str:
    """A number as people say it: `5.2 M`, `7,500`."""
    return f"{number / 1e6:.1f} M" if number >= 1e6 else f"{number:,}"  # noqa: PLR2004 - a million


def human(size: int) -> str:
    """Bytes as people say them: `1.1 GB`."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"
