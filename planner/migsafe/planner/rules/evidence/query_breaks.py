"""A query of the application that fails once a statement is applied."""

from __future__ import annotations

from migsafe.planner.rules.rule import OnEvidence, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

RULE = Rule(
    name="query-breaks",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=60,
    harm=("The application gets an error wherever it uses these queries, from the moment the statement is applied."),
    remedy=("Deploy the application without these queries first; or keep the old name beside the new one until it is."),
    before="",
    unsafe="",
    safe="",
    check=OnEvidence(
        "The queries of the project, of its database functions and of pg_stat_statements are held against the plan."
    ),
)
