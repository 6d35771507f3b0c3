"""The steps of a migration with the times that earlier runs on the target taught."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.risk.speeds import Work
from migsafe.schemas.step import LoneStep, TransactionStep

if TYPE_CHECKING:
    from migsafe.planner.risk.speeds import Speeds
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.step import StatementText, Step


def timed(steps: tuple[Step, ...], speeds: Speeds) -> tuple[Step, ...]:
    """The steps with the expected time of each kind of work whose speed was measured on the target."""
    return tuple(_step(step, speeds) for step in steps) if speeds.measured else steps


def _step(step: Step, speeds: Speeds) -> Step:
    match step:
        case TransactionStep(statements=texts):
            return step.model_copy(update={"statements": tuple(_text(text, speeds) for text in texts)})
        case LoneStep(statement=text):
            return step.model_copy(update={"statement": _text(text, speeds)})


def _text(text: StatementText, speeds: Speeds) -> StatementText:
    return text.model_copy(update={"effects": tuple(_effect(effect, speeds) for effect in text.effects)})


def _effect(effect: Effect, speeds: Speeds) -> Effect:
    if effect.work is None or effect.bytes is None or Work(effect.work) not in speeds.measured:
        return effect
    milliseconds = round(1000 * speeds.seconds(Work(effect.work), effect.bytes))
    return effect.model_copy(update={"work_ms": milliseconds, "learned": True})
