"""Rules on what is done to a table as a whole."""

from __future__ import annotations

from migsafe.planner.rules.tables import (
    lock_table,
    vacuum_full_cluster,
)

RULES = (
    vacuum_full_cluster.RULE,
    lock_table.RULE,
)
