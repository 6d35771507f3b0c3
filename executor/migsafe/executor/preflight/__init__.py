"""Preflights asked of the target: read-only, one at a time, each in bounded time."""

from migsafe.executor.preflight.ask import run_preflights
from migsafe.executor.preflight.require import require_data

__all__ = ["require_data", "run_preflights"]
