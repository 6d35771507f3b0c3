"""Effects: what statements do to relations, predicted from their text and the state before them."""

from __future__ import annotations

from migsafe.planner.effects.locks_needed import in_one_order, locks_needed
from migsafe.planner.effects.predict import effects
from migsafe.planner.effects.summary import summary
from migsafe.planner.effects.unknown import unknown_effects

__all__ = ["effects", "in_one_order", "locks_needed", "summary", "unknown_effects"]
