"""The application's queries on a real server: prepared before, during and after a plan."""

from migsafe.executor.impact.compare import compared, compared_all
from migsafe.executor.impact.prepare import Posture, posture, prepare_all
from migsafe.executor.impact.statistics import StatisticsUnreadable, seen_queries
from migsafe.executor.impact.watch import Watch

__all__ = [
    "Posture",
    "StatisticsUnreadable",
    "Watch",
    "compared",
    "compared_all",
    "posture",
    "prepare_all",
    "seen_queries",
]
