"""Rules on enums."""

from __future__ import annotations

from migsafe.planner.rules.enums import (
    enum_add_value_tx,
    enum_created,
    enum_no_ordering,
    enum_value_removal,
    enum_value_used_same_tx,
)

RULES = (
    enum_value_used_same_tx.RULE,
    enum_value_removal.RULE,
    enum_add_value_tx.RULE,
    enum_no_ordering.RULE,
    enum_created.RULE,
)
