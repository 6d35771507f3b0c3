"""Rules of taste: off until a manifest switches them on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migsafe.planner.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
