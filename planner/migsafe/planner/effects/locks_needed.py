"""The strong locks that a step takes before its first statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.effects.predict import effects_by_name
from migsafe.schemas.step import LockNeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.names import QualifiedName

_LOCKABLE = {"table", "partitioned table"}


def locks_needed(statement: Statement, state: SchemaState) -> tuple[LockNeed, ...]:
    """The locks of one statement that keep reads or writes waiting, on tables that LOCK TABLE can name beforehand.

    Left out are new tables and names that the running transaction itself gave, views (LOCK TABLE on a view locks what
    it reads), and tables of which the state knows nothing: other people's tables may not be ours to lock.
    """
    return locks_of(effects_by_name(statement, state), state)


def locks_of(effects: Mapping[QualifiedName, Effect], state: SchemaState) -> tuple[LockNeed, ...]:
    """The same of a statement whose effects are known."""
    found = []
    for name, effect in effects.items():
        known = state.tables.get(name)
        if known is None or effect.new or known.moved or known.kind not in _LOCKABLE:
            continue
        if effect.lock.blocks_writes:
            found.append(LockNeed(relation=effect.relation, lock=effect.lock))
    return tuple(found)


def in_one_order(needs: Iterable[LockNeed]) -> tuple[LockNeed, ...]:
    """One lock for each table, the strongest, sorted by name: two runs can never wait for each other."""
    strongest: dict[str, LockNeed] = {}
    for need in needs:
        before = strongest.get(need.relation)
        if before is None or before.lock.strength < need.lock.strength:
            strongest[need.relation] = need
    return tuple(strongest[name] for name in sorted(strongest))
