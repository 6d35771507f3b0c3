"""Rules on statements that change rows."""

from __future__ import annotations

from migsafe.planner.rules.data import (
    analyze_after_backfill,
    delete_without_where,
    duplicate_column_assignment,
    seed_data_in_schema_migration,
    sequence_not_reset,
    sequence_restarted,
    update_without_where,
)

RULES = (
    duplicate_column_assignment.RULE,
    delete_without_where.RULE,
    update_without_where.RULE,
    sequence_not_reset.RULE,
    sequence_restarted.RULE,
    analyze_after_backfill.RULE,
    seed_data_in_schema_migration.RULE,
)
