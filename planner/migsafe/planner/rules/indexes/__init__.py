"""Rules on indexes."""

from __future__ import annotations

from migsafe.planner.rules.indexes import (
    concurrent_index_14_corruption,
    concurrent_index_if_not_exists,
    concurrent_index_partitioned,
    create_index_blocking,
    drop_index_blocking,
    drop_index_constraint_owned,
    index_gin_jsonb,
    index_in_exclusive_tx,
    index_ivfflat_before_data,
    index_no_name,
    index_redundant,
    index_replace_gap,
    index_too_many_columns,
    reindex_blocking,
    spatial_column_without_index,
)

RULES = (
    concurrent_index_partitioned.RULE,
    drop_index_constraint_owned.RULE,
    create_index_blocking.RULE,
    reindex_blocking.RULE,
    index_in_exclusive_tx.RULE,
    index_replace_gap.RULE,
    drop_index_blocking.RULE,
    concurrent_index_if_not_exists.RULE,
    concurrent_index_14_corruption.RULE,
    index_no_name.RULE,
    index_redundant.RULE,
    index_ivfflat_before_data.RULE,
    spatial_column_without_index.RULE,
    index_gin_jsonb.RULE,
    index_too_many_columns.RULE,
)
