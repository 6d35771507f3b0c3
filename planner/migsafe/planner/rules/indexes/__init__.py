"""Rules on indexes."""

from __future__ import annotations

from migsafe.planner.rules.indexes import (
    concurrent_index_if_not_exists,
    create_index_blocking,
    drop_index_blocking,
)

RULES = (
    create_index_blocking.RULE,
    drop_index_blocking.RULE,
    concurrent_index_if_not_exists.RULE,
)
