"""What is known of the target at work: who uses which table, and how fast it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.risk.availability import activity_of
from migsafe.planner.risk.speeds import Speeds, learned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.schemas.ledger import Timing
    from migsafe.schemas.live import LiveFacts, TableActivity


@dataclass(frozen=True, slots=True)
class Conditions:
    """Traffic and speeds."""

    activity: Mapping[str, TableActivity]
    """By relation."""
    speeds: Speeds


def conditions_of(live: LiveFacts | None, timings: Iterable[Timing] = ()) -> Conditions:
    """Without a target nobody waits, and the constants hold; `timings` are those of its ledger."""
    return Conditions(activity_of(live), learned(timings))
