"""From two looks at a transaction to what the statement between them did to relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.rehearse.look import Held
from migsafe.schemas.evidence import MeasuredEffect
from migsafe.schemas.locks import Lock, strongest

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from migsafe.executor.rehearse.look import Look, Relation

_NOT_HELD: frozenset[Lock] = frozenset()


def measured(
    known: Mapping[int, Relation], before: Look, after: Look, foretold: Container[str] = ()
) -> tuple[MeasuredEffect, ...]:
    """What was done to each relation that stood before, by name; a lock only where a new mode shows.

    `known` are the relations before the statement. A relation of which nothing new is seen is left out, and so is an
    index unless it is among the `foretold`: the locks on the others come with their tables'.
    """
    rebuilt = _rebuilt(known, after)
    found = []
    for oid in known.keys() & (after.held.keys() | rebuilt.keys()):
        was, held = known[oid], after.held.get(oid)
        if was.kind == "c" or (was.is_index and str(was.name) not in foretold):
            continue
        parts = tuple(sorted(rebuilt.get(oid, ())))
        effect = _effect(was, before.held.get(oid, _unseen(before.earlier.get(oid, 0))), held, parts)
        if effect is not None:
            found.append(effect)
    return tuple(sorted(found, key=lambda each: each.relation))


def _unseen(scans: int) -> Held:
    """What was not locked before."""
    return Held(None, passing=False, scans=scans, locks=_NOT_HELD)


def _effect(was: Relation, before: Held, held: Held | None, rebuilt: tuple[str, ...]) -> MeasuredEffect | None:
    new = (held.locks if held else _NOT_HELD) - before.locks
    # A sequence is written anew by almost every change of it, an index is told of in `indexes_rebuilt`.
    rewrite = was.is_table and held is not None and held.now is not None and held.now.file != was.file
    scan = held is not None and _scanned(before, held)
    if not (new or rewrite or scan or rebuilt):
        return None
    return MeasuredEffect(
        relation=str(was.name),
        lock=strongest([*new]),
        rewrite=rewrite,
        scan=scan,
        indexes_rebuilt=() if rewrite else rebuilt,
    )


def _scanned(before: Held, held: Held) -> bool:
    # The server starts counting anew when it has reported the numbers of the transactions before.
    return held.scans > (before.scans if held.scans >= before.scans else 0)


def _rebuilt(known: Mapping[int, Relation], after: Look) -> dict[int, list[str]]:
    """The indexes whose file was written anew, by the table they are on and by themselves.

    A change of type makes an index under the same name with another object id, and keeps its file where it can.
    """
    indexes = {oid: held.now for oid, held in after.held.items() if held.now is not None and held.now.is_index}
    named = {was.name: oid for oid, was in known.items() if was.is_index} if indexes.keys() - known.keys() else {}
    found: dict[int, list[str]] = {}
    for oid, now in indexes.items():
        before = oid if oid in known else named.get(now.name, oid)
        was = known.get(before)
        if was is not None and was.table is not None and was.file != now.file:
            found.setdefault(was.table, []).append(str(was.name))
            found[before] = [str(was.name)]
    return found
