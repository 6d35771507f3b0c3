"""Rules that look at no SQL: what was asked of the target, of its queries, of a rehearsal."""

from __future__ import annotations

from migsafe.planner.rules.evidence import (
    data_not_checked,
    data_to_be_settled,
    data_would_be_lost,
    data_would_fail,
    drift_outside_plan,
    drop_not_kept,
    file_passed_over,
    odd_label,
    prediction_contradicted,
    purged_for_good,
    query_breaks,
    query_result_changes,
    rollback_differs,
    rollback_fails,
    rollback_loses_data,
    rollback_of_nothing,
    statement_wants_rows,
)

RULES = (
    data_would_fail.RULE,
    data_would_be_lost.RULE,
    data_to_be_settled.RULE,
    data_not_checked.RULE,
    query_breaks.RULE,
    query_result_changes.RULE,
    prediction_contradicted.RULE,
    drift_outside_plan.RULE,
    drop_not_kept.RULE,
    purged_for_good.RULE,
    rollback_fails.RULE,
    rollback_differs.RULE,
    rollback_loses_data.RULE,
    file_passed_over.RULE,
    rollback_of_nothing.RULE,
    odd_label.RULE,
    statement_wants_rows.RULE,
)
