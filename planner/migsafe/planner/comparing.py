"""Predicted effects beside measured ones, statement by statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.risk.speeds import worked
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.evidence import Agreement, Comparison
from migsafe.schemas.locks import Lock
from migsafe.schemas.step import LoneStep, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.evidence import MeasuredEffect, StatementEvidence
    from migsafe.schemas.step import StatementText, Step


@dataclass(frozen=True, slots=True)
class Compared:
    """One statement after the comparison."""

    statement: StatementText
    effects: tuple[Effect, ...]
    """Those that count: the measured one where it contradicts the predicted."""
    comparisons: tuple[Comparison, ...]
    contradictions: tuple[tuple[str, str], ...]
    """Relation, and what was predicted and measured there."""


def compared(steps: tuple[Step, ...], evidence: tuple[StatementEvidence, ...]) -> dict[int, Compared]:
    """Each statement that was rehearsed, by its number in the evidence."""
    found: dict[int, Compared] = {}
    number = 0
    for step in steps:
        held: dict[str, Lock] = {}
        alone = isinstance(step, LoneStep)
        for text in statements_of(step):
            if number >= len(evidence):
                return found
            found[number] = _compared(text, evidence[number], held, alone=alone)
            for each in evidence[number].measured:
                held[each.relation] = max(held.get(each.relation, Lock.NONE), each.lock, key=_strength)
            number += 1
    return found


def _compared(text: StatementText, evidence: StatementEvidence, held: dict[str, Lock], *, alone: bool) -> Compared:
    if evidence.untried:
        return _not_compared(text)
    seen = {each.relation: each for each in evidence.measured}
    comparisons, effects = [], []
    for effect in text.effects:
        one = _one(effect, seen.get(effect.relation), held.get(effect.relation, Lock.NONE), alone=alone)
        comparisons.append(one)
        measured = seen.get(effect.relation)
        contradicted = one.agreement is Agreement.CONTRADICTED and measured is not None
        effects.append(_as_measured(effect, measured) if contradicted and measured is not None else effect)
    named = {effect.relation for effect in text.effects}
    for each in evidence.measured:
        if each.relation not in named and (each.lock.blocks_writes or each.rewrite):
            detail = f"nothing was predicted, measured {_words(each)}"
            comparisons.append(Comparison(relation=each.relation, agreement=Agreement.CONTRADICTED, detail=detail))
            effects.append(_unforeseen(each))
    contradictions = tuple((one.relation, one.detail) for one in comparisons if one.agreement is Agreement.CONTRADICTED)
    return Compared(text, tuple(effects), tuple(comparisons), contradictions)


def _not_compared(text: StatementText) -> Compared:
    why = "the statement wants rows that the shadow does not have"
    unseen = (
        Comparison(relation=each.relation, agreement=Agreement.NOT_MEASURABLE, detail=why) for each in text.effects
    )
    return Compared(text, text.effects, tuple(unseen), ())


def _one(effect: Effect, measured: MeasuredEffect | None, held: Lock, *, alone: bool) -> Comparison:
    agreement, detail = _judged(effect, measured, held, alone=alone)
    return Comparison(relation=effect.relation, agreement=agreement, detail=detail)


def _judged(effect: Effect, measured: MeasuredEffect | None, held: Lock, *, alone: bool) -> tuple[Agreement, str]:
    if effect.new:
        return Agreement.NOT_MEASURABLE, "the plan makes it, so nobody can be waiting for it"
    lock = measured.lock if measured else Lock.NONE
    if unseen := _unseen(effect, measured, lock, alone=alone):
        return Agreement.NOT_MEASURABLE, unseen
    rewrite = measured is not None and measured.rewrite
    hidden = held.strength >= effect.lock.strength > lock.strength
    if effect.lock is not lock and not hidden:
        return Agreement.CONTRADICTED, f"predicted {effect.lock.value}, measured {lock.value}"
    if effect.rewrite is not rewrite:
        return Agreement.CONTRADICTED, f"predicted {_rewrite(effect.rewrite)}, measured {_rewrite(rewrite)}"
    rebuild = measured is not None and bool(measured.indexes_rebuilt)
    # An index that is built under the name of one that is dropped looks as if built anew; that is foretold as a scan.
    expected = effect.index_rebuild or (effect.scan and rebuild)
    if expected is not rebuild and not (rewrite or alone):
        return Agreement.CONTRADICTED, f"predicted {_rebuild(effect.index_rebuild)}, measured {_rebuild(rebuild)}"
    return _scan_judged(effect, measured, hidden=hidden, alone=alone)


def _unseen(effect: Effect, measured: MeasuredEffect | None, lock: Lock, *, alone: bool) -> str:
    """Why the shadow could not show the effect; empty where it could."""
    if alone and lock is Lock.NONE:
        return "it runs outside a transaction, and nobody saw which lock it asked for"
    less = effect.lock.strength > lock.strength or (
        effect.lock is lock and effect.rewrite and not (measured is not None and measured.rewrite)
    )
    return (
        "a code block or function does it, and did not come to it on the shadow" if effect.conditional and less else ""
    )


def _scan_judged(
    effect: Effect, measured: MeasuredEffect | None, *, hidden: bool, alone: bool
) -> tuple[Agreement, str]:
    scan = measured is not None and measured.scan
    # Which way a query takes through empty tables says nothing, nor does a scan that a rewrite makes anyway.
    decides = effect.lock.strength >= Lock.SHARE_UPDATE_EXCLUSIVE.strength and not effect.rewrite and not alone
    if decides and effect.scan is False and scan:
        return Agreement.CONTRADICTED, "predicted no scan of its rows, measured one"
    if decides and effect.scan and not scan:
        return Agreement.NOT_MEASURABLE, "a scan was predicted; the server leaves it out where a table has no rows"
    if hidden:
        return Agreement.NOT_MEASURABLE, f"the transaction held a lock as strong as {effect.lock.value} before"
    return Agreement.CONFIRMED, ""


def _as_measured(effect: Effect, measured: MeasuredEffect) -> Effect:
    scan = effect.scan or measured.scan  # an empty table hides a scan, so that none proves nothing
    update = {"lock": measured.lock, "rewrite": measured.rewrite, "scan": scan}
    found = effect.model_copy(update=update)
    return found if effect.rewrite is measured.rewrite else worked(found)


def _unforeseen(measured: MeasuredEffect) -> Effect:
    return Effect(
        relation=measured.relation,
        lock=measured.lock,
        rewrite=measured.rewrite,
        scan=measured.scan,
        loss=Loss.NONE,
        new=False,
    )


def _words(measured: MeasuredEffect) -> str:
    return ", ".join(_parts(measured))


def _parts(measured: MeasuredEffect) -> Iterator[str]:
    yield measured.lock.value
    if measured.rewrite:
        yield "a rewrite"
    if measured.scan:
        yield "a scan"


def _rewrite(happens: object) -> str:
    return "a rewrite" if happens else "no rewrite"


def _rebuild(happens: object) -> str:
    return "indexes built anew" if happens else "no index built anew"


def _strength(lock: Lock) -> int:
    return lock.strength
