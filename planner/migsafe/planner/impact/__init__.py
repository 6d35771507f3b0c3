"""The application's queries: read from files, and judged without a server."""

from migsafe.planner.impact.estimate import estimated
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
    "estimated",
    "read_queries",
]
