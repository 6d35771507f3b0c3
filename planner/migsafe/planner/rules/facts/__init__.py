"""Rules on what goes on in the target while a plan is made; without a target they are silent."""

from __future__ import annotations

from migsafe.planner.rules.facts import (
    busy_table_locked,
    connections_nearly_exhausted,
    cumulative_lock_budget,
    disk_too_small,
    drop_index_in_use,
    index_on_write_hot_table,
    index_unused,
    large_dml_single_statement,
    locks_nearly_exhausted,
    long_transaction_in_the_way,
    prepared_transaction_in_the_way,
    slot_retains_wal,
    standby_behind,
    table_bloat,
    toast_heavy_update,
)

RULES = (
    disk_too_small.RULE,
    locks_nearly_exhausted.RULE,
    prepared_transaction_in_the_way.RULE,
    slot_retains_wal.RULE,
    drop_index_in_use.RULE,
    large_dml_single_statement.RULE,
    toast_heavy_update.RULE,
    long_transaction_in_the_way.RULE,
    standby_behind.RULE,
    connections_nearly_exhausted.RULE,
    busy_table_locked.RULE,
    table_bloat.RULE,
    index_on_write_hot_table.RULE,
    index_unused.RULE,
    cumulative_lock_budget.RULE,
)
