"""Rules on changes of columns: type, NOT NULL, default."""

from __future__ import annotations

from migsafe.planner.rules.changing_columns import (
    add_identity_refused,
    alter_column_collation,
    alter_column_expression_rewrite,
    alter_column_storage_compression,
    alter_column_type_narrowing,
    alter_column_type_rewrite,
    alter_column_type_stats_lost,
    alter_column_type_timezone_dependent,
    alter_column_type_view_dependent,
    alter_column_type_with_check,
    alter_column_type_with_fk,
    alter_column_type_without_using,
    change_default_existing,
    column_type_dropped_default,
    drop_default_of_required_column,
    drop_not_null,
    set_not_null_and_drop_check_combined,
    set_not_null_data_dependent,
    set_not_null_pg18_native,
    set_not_null_scan,
)

RULES = (
    alter_column_type_view_dependent.RULE,
    alter_column_type_without_using.RULE,
    column_type_dropped_default.RULE,
    add_identity_refused.RULE,
    alter_column_type_rewrite.RULE,
    alter_column_expression_rewrite.RULE,
    alter_column_type_timezone_dependent.RULE,
    alter_column_type_with_fk.RULE,
    alter_column_type_with_check.RULE,
    alter_column_type_narrowing.RULE,
    alter_column_collation.RULE,
    alter_column_type_stats_lost.RULE,
    set_not_null_data_dependent.RULE,
    set_not_null_scan.RULE,
    set_not_null_and_drop_check_combined.RULE,
    set_not_null_pg18_native.RULE,
    drop_default_of_required_column.RULE,
    drop_not_null.RULE,
    change_default_existing.RULE,
    alter_column_storage_compression.RULE,
)
