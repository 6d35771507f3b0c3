"""Live facts: size, traffic, sessions and settings of the running target, each read in bounded time."""

from migsafe.executor.survey.live.live import live_facts

__all__ = ["live_facts"]
