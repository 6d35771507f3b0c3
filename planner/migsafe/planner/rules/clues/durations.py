"""Timeouts as SET writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action

_DURATION = re.compile(r"(\d+)\s*(us|ms|s|min|h|d)?\Z")
_UNITS = {"us": 0.001, "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(value: str) -> float | None:
    """What PostgreSQL makes of a timeout's value; None for what it does not take."""
    found = _DURATION.match(value.strip())
    return int(found[1]) * _UNITS[found[2] or "ms"] if found is not None else None


def timeouts(actions: Iterable[Action], setting: str) -> Iterator[float]:
    """The values, in milliseconds, that actions give a timeout; 0 means none. By SET and by set_config()."""
    for action in actions:
        match action:
            case act.SetVariable(name=name, value=str() as value) if name == setting:
                values = [value]
            case act.Select(calls=calls):
                values = [_configured(call, setting) for call in calls]
            case _:
                continue
        yield from (found for value in values if (found := milliseconds(value)) is not None)


def _configured(call: act.Call, setting: str) -> str:
    named = call.function.name == "set_config" and call.arguments[:1] == (setting,)
    return (call.arguments[1] or "") if named and len(call.arguments) > 1 else ""
