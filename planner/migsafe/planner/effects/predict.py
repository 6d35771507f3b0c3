"""What a statement does to each relation that it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.bodies import inside, unfolded
from migsafe.planner.carry import take
from migsafe.planner.carrying import take_action
from migsafe.planner.effects.parts import parts
from migsafe.planner.effects.passes import in_passes
from migsafe.schemas.effect import Effect
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.actions import Action
    from migsafe.planner.effects.part import Part
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def effects(statement: Statement, state: SchemaState) -> tuple[Effect, ...]:
    """What the statement does to each relation, strongest lock first; `state` is what stands before it.

    Where several of its actions touch one relation, the strongest counts. Also what it runs inside (code blocks,
    called functions) is told; of what could not be analysed, `unknown_effects` says why.
    """
    return strongest_first(effects_by_name(statement, state))


def strongest_first(by_name: Mapping[QualifiedName, Effect]) -> tuple[Effect, ...]:
    """The effects in the order in which they are told."""
    return tuple(sorted(by_name.values(), key=lambda effect: -effect.lock.strength))


def effects_by_name(statement: Statement, state: SchemaState) -> dict[QualifiedName, Effect]:
    """The same, by the qualified name of the relation."""
    found: dict[QualifiedName, Part] = {}
    new: dict[QualifiedName, bool] = {}
    certain: set[QualifiedName] = set()
    for action, before in _moments(statement, state):
        for part in parts(action, before):
            if part.lock is Lock.NONE:
                continue
            name = before.qualified(part.relation)
            found[name] = found[name].joined(part) if name in found else part
            new.setdefault(name, part.made or before.is_new(name))
            if action in statement.actions:
                certain.add(name)
    return {name: _effect(part, name, new=new[name], certain=name in certain) for name, part in found.items()}


def _effect(part: Part, name: QualifiedName, *, new: bool, certain: bool) -> Effect:
    return Effect(
        relation=str(name),
        lock=part.lock,
        rewrite=part.rewrite,
        scan=part.scan,
        loss=part.loss,
        new=new,
        index_rebuild=part.index_rebuild and not part.rewrite,
        conditional=not certain,
    )


def _moments(statement: Statement, state: SchemaState) -> Iterator[tuple[Action, SchemaState]]:
    """The actions of the statement and of what it runs inside, each with the state before it."""
    if not inside(statement, state).statements:
        yield from _in_order(statement, state)
        return
    moving = state.copy()
    for each in unfolded(statement, moving):
        yield from _in_order(each, moving)
        take(moving, each)


def _in_order(statement: Statement, state: SchemaState) -> Iterator[tuple[Action, SchemaState]]:
    """The actions as the server does them: what one of them does, the next finds done."""
    if len(statement.actions) == 1:
        yield statement.actions[0], state
        return
    moving = state.copy()
    for action in in_passes(statement.actions) if statement.kind == "AlterTableStmt" else statement.actions:
        yield action, moving
        take_action(moving, action)
