"""Rules on enums."""

from __future__ import annotations

from migsafe.planner.rules.enums import (
    enum_value_used_same_tx,
)

RULES = (enum_value_used_same_tx.RULE,)
