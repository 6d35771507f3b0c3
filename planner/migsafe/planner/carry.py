"""The state of the schema carried forward: what each statement makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.bodies import unfolded
from migsafe.planner.carrying import take_action
from migsafe.planner.carrying.constraints import constraint_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment

__all__ = ["advance", "constraint_name", "take", "walk"]


def walk(segments: Iterable[Segment], state: SchemaState) -> Iterator[tuple[Segment, int]]:
    """Each statement of a migration, as its segment and its number there, while `state` is what stands before it.

    At the end `state` is what the migration leaves. Without a target, each migration may be deployed on its own, so
    that what it made counts as in use afterwards.
    """
    state.start()
    for segment in segments:
        for number, statement in enumerate(segment.statements):
            yield segment, number
            advance(state, statement)
        state.commit()
    if not state.complete:
        state.settle()


def advance(state: SchemaState, statement: Statement) -> None:
    """Change `state` as the statement does, with what it runs inside."""
    for each in unfolded(statement, state):
        take(state, each)


def take(state: SchemaState, statement: Statement) -> None:
    """Change `state` as the statement itself does, without what it runs inside."""
    state.rest()
    for action in statement.actions:
        take_action(state, action)
