"""The risk of a statement, migration or plan, each point traced to a fact."""

from __future__ import annotations

from migsafe.schemas.document import Document
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Level


class Point(Document):
    """One reason for risk."""

    points: int
    """1-100: what this reason alone would score."""
    dimension: Dimension
    """The kind of harm."""
    fact: str
    """The fact behind it, in words."""
    rule: str = ""
    """The rule whose finding tells it; empty for what a lock or the way back adds."""


class Risk(Document):
    """A score from 0 to 100 with everything it was made of."""

    score: int
    """0-100. Reasons combine as chances do: 100 x (1 - product of (1 - points/100)), rounded to the nearest."""
    level: Level
    """The score in one word."""
    points: tuple[Point, ...]
    """The reasons, gravest first."""


NO_RISK = Risk(score=0, level=Level.LOW, points=())
"""Nothing to fear."""
