"""Rules on constraints."""

from __future__ import annotations

from migsafe.planner.rules.constraints import (
    add_check_valid,
    add_fk_valid,
    add_unique_constraint,
    not_valid_validate_same_tx,
)

RULES = (
    add_fk_valid.RULE,
    add_check_valid.RULE,
    add_unique_constraint.RULE,
    not_valid_validate_same_tx.RULE,
)
