"""What is felt while something is moved into quarantine or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.effects import effects, in_one_order, locks_needed
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import parsed
from migsafe.schemas.step import LockNeed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState

_LOCKABLE = {"table", "partitioned table"}


def felt(
    reached: Iterable[str], beside: Iterable[Statement], state: SchemaState
) -> tuple[tuple[Effect, ...], tuple[LockNeed, ...]]:
    """Effects and locks: for a moment ACCESS EXCLUSIVE on each table that is `reached`, and what is done `beside` it.

    Catalog changes only: nothing is rewritten or read. `state` is what stands before.
    """
    found: dict[str, Effect] = {}
    needs: list[LockNeed] = []
    for statement in beside:
        found |= {each.relation: each for each in effects(statement, state)}
        needs += locks_needed(statement, state)
    for name in filter(None, dict.fromkeys(reached)):
        before = found.get(name)
        found[name] = Effect(
            relation=name,
            lock=Lock.ACCESS_EXCLUSIVE,
            rewrite=before is not None and before.rewrite,
            scan=before is not None and before.scan,
            loss=Loss.NONE if before is None else before.loss,
            new=False,
            index_rebuild=before is not None and before.index_rebuild,
        )
        known = state.tables.get(parsed(name))
        if known is not None and not known.created and known.kind in _LOCKABLE:
            needs.append(LockNeed(relation=name, lock=Lock.ACCESS_EXCLUSIVE))
    return tuple(sorted(found.values(), key=lambda effect: -effect.lock.strength)), in_one_order(needs)
