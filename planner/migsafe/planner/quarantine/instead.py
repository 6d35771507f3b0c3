"""What is done instead of a statement of a file."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.planner.parse import Statement
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.quarantine import Quarantined
    from migsafe.schemas.step import LockNeed

Spot: TypeAlias = tuple[str, int]
"""A statement: the path of its file, and its first byte there."""


@dataclass(frozen=True, slots=True)
class Instead:
    """What is done instead of one statement."""

    sql: str
    """Empty: nothing, since what it makes is there already."""
    instead_of: str = ""
    """The text of the file that it stands for; empty where nothing is done."""
    summary: str = ""
    effects: tuple[Effect, ...] = ()
    locks: tuple[LockNeed, ...] = ()
    quarantines: tuple[Quarantined, ...] = ()
    restores: tuple[str, ...] = ()


NOTHING: Mapping[Spot, Instead] = MappingProxyType({})
"""Every statement is done as it stands."""


def spot(statement: Statement) -> Spot:
    """Which statement it is."""
    return statement.path, statement.start
