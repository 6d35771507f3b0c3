"""Rules on new columns of tables that are in use."""

from __future__ import annotations

from migsafe.planner.rules.adding_columns import (
    add_column_constrained_domain,
    add_column_default_dropped_after,
    add_column_identity,
    add_column_inline_check,
    add_column_inline_fk,
    add_column_inline_pk,
    add_column_inline_unique,
    add_column_json,
    add_column_not_null_no_default,
    add_column_serial,
    add_column_stored_generated,
    add_column_volatile_default,
)

RULES = (
    add_column_not_null_no_default.RULE,
    add_column_volatile_default.RULE,
    add_column_stored_generated.RULE,
    add_column_serial.RULE,
    add_column_identity.RULE,
    add_column_constrained_domain.RULE,
    add_column_inline_pk.RULE,
    add_column_inline_unique.RULE,
    add_column_inline_fk.RULE,
    add_column_inline_check.RULE,
    add_column_default_dropped_after.RULE,
    add_column_json.RULE,
)
