"""What is dropped is kept: SQL that moves it out of reach, and SQL that brings it back with its rows."""

from migsafe.planner.quarantine.instead import NOTHING, Instead, Spot, spot
from migsafe.planner.quarantine.keeping import NOTHING_KEPT, Keeping, keep
from migsafe.planner.quarantine.purged import about_return, kept_by, refusals_by_purge
from migsafe.planner.quarantine.refusing import NOT_KEPT, PURGED
from migsafe.planner.quarantine.returning import Return, returned
from migsafe.planner.quarantine.saying import beside, told

NAMES = (NOT_KEPT, PURGED)
"""The rules that speak of quarantine."""

__all__ = [
    "NAMES",
    "NOTHING",
    "NOTHING_KEPT",
    "Instead",
    "Keeping",
    "Return",
    "Spot",
    "about_return",
    "beside",
    "keep",
    "kept_by",
    "refusals_by_purge",
    "returned",
    "spot",
    "told",
]
