"""What each kind of action makes of the state of the schema."""

from __future__ import annotations

from migsafe.planner.carrying.take import take_action

__all__ = ["take_action"]
