"""The application's queries: read from files, and judged without a server."""

from migsafe.planner.impact.along import changes_along, relations_of
from migsafe.planner.impact.estimate import estimated
from migsafe.planner.impact.findings import BREAKS, RESULT_CHANGES, findings_of, merged
from migsafe.planner.impact.queries import read_queries
from migsafe.planner.impact.relations import (
    Alteration,
    Change,
    ColumnAdded,
    ColumnDropped,
    ColumnRenamed,
    ColumnRetyped,
    RelationAdded,
    RelationDropped,
    RelationRenamed,
    Relations,
)

__all__ = [
    "BREAKS",
    "RESULT_CHANGES",
    "Alteration",
    "Change",
    "ColumnAdded",
    "ColumnDropped",
    "ColumnRenamed",
    "ColumnRetyped",
    "RelationAdded",
    "RelationDropped",
    "RelationRenamed",
    "Relations",
    "changes_along",
    "estimated",
    "findings_of",
    "merged",
    "read_queries",
    "relations_of",
]
