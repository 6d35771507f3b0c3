"""How grave a finding is, and how risky a plan."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """What a finding asks of the reader."""

    OFF = "off"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """0 (off) to 3 (error)."""
        return tuple(Severity).index(self)


class Level(StrEnum):
    """A risk score in one word."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def starts_at(self) -> int:
        """The lowest score, 0-100, that has this level."""
        return _STARTS[self]

    @classmethod
    def of(cls, score: int) -> Level:
        """The level of a score from 0 to 100."""
        return max((level for level in cls if level.starts_at <= score), key=lambda level: level.starts_at)


_STARTS = {Level.LOW: 0, Level.MEDIUM: 25, Level.HIGH: 50, Level.CRITICAL: 75}
