"""Rules on the set of migrations: their order, their rollbacks, their exemptions."""

from __future__ import annotations

from migsafe.planner.rules.history import (
    create_then_rewrite,
    duplicate_migration,
    empty_migration,
    exemption_expired,
    exemption_unreadable,
    exemption_unused,
    expand_and_contract_at_once,
    hot_table_multi_touch,
    if_not_exists_differs,
    irreversible_without_down,
    lock_order_deadlock,
    object_already_exists,
    object_missing,
    rollback_unusable,
    used_before_created,
)

RULES = (
    object_already_exists.RULE,
    if_not_exists_differs.RULE,
    object_missing.RULE,
    used_before_created.RULE,
    expand_and_contract_at_once.RULE,
    duplicate_migration.RULE,
    rollback_unusable.RULE,
    irreversible_without_down.RULE,
    lock_order_deadlock.RULE,
    create_then_rewrite.RULE,
    hot_table_multi_touch.RULE,
    empty_migration.RULE,
    exemption_unreadable.RULE,
    exemption_unused.RULE,
    exemption_expired.RULE,
)
