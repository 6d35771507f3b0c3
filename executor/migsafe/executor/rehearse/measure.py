"""From two looks at a transaction to what the statement between them did to relations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.evidence import MeasuredEffect
from migsafe.schemas.locks import Lock, strongest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.executor.rehearse.look import Held, Look, Relation

_NOT_HELD: frozenset[Lock] = frozenset()


def measured(known: Mapping[int, Relation], before: Look, after: Look) -> tuple[MeasuredEffect, ...]:
    """What was done to each relation that stood before, by name; a lock only where a new mode shows.

    `known` are the relations before the statement. A relation of which nothing new is seen is left out.
    """
    rebuilt = _rebuilt(known, after)
    found = []
    for oid, was in known.items():
        held = after.held.get(oid)
        if not was.is_table or (held is None and oid not in rebuilt):
            continue
        effect = _effect(was, before.held.get(oid), held, tuple(sorted(rebuilt.get(oid, ()))))
        if effect is not None:
            found.append(effect)
    return tuple(sorted(found, key=lambda each: each.relation))


def _effect(was: Relation, before: Held | None, held: Held | None, rebuilt: tuple[str, ...]) -> MeasuredEffect | None:
    new = (held.locks if held else _NOT_HELD) - (before.locks if before else _NOT_HELD)
    rewrite = held is not None and held.now is not None and held.now.file != was.file
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


def _scanned(before: Held | None, held: Held) -> bool:
    earlier = before.scans if before else 0
    # The server starts counting anew when it has reported the numbers of the transactions before.
    return held.scans > (earlier if held.scans >= earlier else 0)


def _rebuilt(known: Mapping[int, Relation], after: Look) -> dict[int, list[str]]:
    """The indexes whose file was written anew, by the table they are on."""
    found: dict[int, list[str]] = {}
    for oid, held in after.held.items():
        was = known.get(oid)
        if was is None or not was.is_index or was.table is None or held.now is None:
            continue
        if was.file != held.now.file:
            found.setdefault(was.table, []).append(str(was.name))
    return found
