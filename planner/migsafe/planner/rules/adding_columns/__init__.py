"""Rules on new columns of tables that are in use."""

from __future__ import annotations

from migsafe.planner.rules.adding_columns import (
    add_column_not_null_no_default,
    add_column_volatile_default,
)

RULES = (
    add_column_not_null_no_default.RULE,
    add_column_volatile_default.RULE,
)
