"""Rules on what is dropped, emptied, renamed or moved."""

from __future__ import annotations

from migsafe.planner.rules.dropping import (
    drop_cascade,
    drop_column,
    drop_database,
    drop_schema,
    drop_table,
    rename_column,
    rename_table,
    truncate,
)

RULES = (
    drop_database.RULE,
    drop_schema.RULE,
    drop_table.RULE,
    drop_column.RULE,
    drop_cascade.RULE,
    truncate.RULE,
    rename_table.RULE,
    rename_column.RULE,
)
