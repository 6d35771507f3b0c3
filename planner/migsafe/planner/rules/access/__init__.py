"""Rules on row level security, grants, and what strangers reach through an API."""

from __future__ import annotations

from migsafe.planner.rules.access import (
    rls_disable,
    rls_disabled_in_api_schema,
)

RULES = (
    rls_disable.RULE,
    rls_disabled_in_api_schema.RULE,
)
