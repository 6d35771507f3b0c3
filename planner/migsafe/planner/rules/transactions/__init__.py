"""Rules on transactions, timeouts and the session."""

from __future__ import annotations

from migsafe.planner.rules.transactions import (
    commit_in_mid_file,
    non_transactional,
    partly_transactional,
    statement_not_analysed,
)

RULES = (
    commit_in_mid_file.RULE,
    partly_transactional.RULE,
    non_transactional.RULE,
    statement_not_analysed.RULE,
)
