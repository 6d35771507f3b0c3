"""What code blocks and called functions hold: their statements, and what in them only their run will tell."""

from __future__ import annotations

from migsafe.planner.bodies.inside import Inside, inside, unfolded

__all__ = ["Inside", "inside", "unfolded"]
