"""Why something that is dropped cannot be kept, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from migsafe.planner.parse import Statement

NOT_KEPT = "drop-not-kept"
"""The name of what stands against a plan whose policy is to keep what is dropped."""

PURGED = "purged-for-good"
"""The name of what stands against a rollback whose rows were purged."""

_POINTS = 60
_MOST_NAMES = 4


class CannotKeep(Exception):  # noqa: N818 - no error: it becomes a finding
    """Something that is dropped cannot be kept."""

    def __init__(self, object_: str, why: str, instead: str) -> None:
        super().__init__(why)
        self.object, self.why, self.instead = object_, why, instead


def finding_of(problem: CannotKeep, statement: Statement) -> Finding:
    """The finding that stands against the plan."""
    place = statement.place
    return Finding(
        rule=NOT_KEPT,
        severity=Severity.ERROR,
        dimension=Dimension.DATA_LOSS,
        points=_POINTS,
        object=problem.object,
        detail=f"{problem.object} cannot be kept in quarantine: {problem.why}",
        harm="policies.destructive is quarantine, and with --force the statement would run as it stands.",
        remedy=problem.instead,
        path=place.path,
        line=place.line,
        column=place.column,
        excerpt=place.excerpt,
        statement=statement.sha256,
        waiver=None,
    )


def a_few(names: tuple[str, ...]) -> str:
    """Some names, and how many more."""
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
