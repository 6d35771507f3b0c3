"""Rules on statements that change rows."""

from __future__ import annotations

from migsafe.planner.rules.data import (
    delete_without_where,
    update_without_where,
)

RULES = (
    delete_without_where.RULE,
    update_without_where.RULE,
)
