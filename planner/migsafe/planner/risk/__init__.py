"""Risk: how long others would wait, what could be lost, and how many reasons for care make one score."""

from __future__ import annotations

from migsafe.planner.risk.availability import Exposure, activity_of, exposures
from migsafe.planner.risk.combine import combine, points_of, scaled, undo_points, way_back, worst_way_back
from migsafe.planner.risk.conditions import Conditions, conditions_of
from migsafe.planner.risk.rated import Rated, rated
from migsafe.planner.risk.timed import timed

__all__ = [
    "Conditions",
    "Exposure",
    "Rated",
    "activity_of",
    "combine",
    "conditions_of",
    "exposures",
    "points_of",
    "rated",
    "scaled",
    "timed",
    "undo_points",
    "way_back",
    "worst_way_back",
]
