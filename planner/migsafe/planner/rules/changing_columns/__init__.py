"""Rules on changes of columns: type, NOT NULL, default."""

from __future__ import annotations

from migsafe.planner.rules.changing_columns import (
    alter_column_type_rewrite,
    set_not_null_scan,
)

RULES = (
    alter_column_type_rewrite.RULE,
    set_not_null_scan.RULE,
)
