"""Rules on the set of migrations: their order, their rollbacks, their exemptions."""

from __future__ import annotations

from migsafe.planner.rules.history import (
    exemption_expired,
    exemption_unreadable,
    exemption_unused,
    rollback_unusable,
)

RULES = (
    rollback_unusable.RULE,
    exemption_unreadable.RULE,
    exemption_unused.RULE,
    exemption_expired.RULE,
)
