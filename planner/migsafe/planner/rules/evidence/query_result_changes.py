"""A query of the application that returns something else once a statement is applied."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="query-result-changes",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=15,
    harm=(
        "The application gets other columns than it was written for, and clients that keep a prepared "
        "statement get the error 0A000 until they connect anew."
    ),
    remedy="Name the columns instead of `*`, and let clients connect anew after the migration.",
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "The queries of the project, of its database functions and of pg_stat_statements are held against the plan."
    ),
)
