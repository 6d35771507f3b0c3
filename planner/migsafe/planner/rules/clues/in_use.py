"""Whether an object of any kind was there before the plan, so that somebody may be using it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import before
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.actions import Action
    from migsafe.planner.rules.context import Context

RELATIONS = frozenset(
    {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE},
)
FUNCTIONS = frozenset({ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE, ObjectKind.AGGREGATE})
TYPES = frozenset({ObjectKind.TYPE, ObjectKind.DOMAIN})


def in_use(context: Context, kind: ObjectKind, name: QualifiedName) -> bool:
    """Whether somebody may be using the object; one of which nothing is known counts as in use."""
    state = context.state
    full = state.qualified(name)
    if kind in RELATIONS:
        return context.live(name)
    if kind is ObjectKind.SCHEMA:
        return name.name not in state.created_schemas
    if not state.complete:
        return full not in _made(before(context), context)
    if kind in FUNCTIONS:
        overloads = state.functions.get(full, ())
        return not overloads or not all(each.created for each in overloads)
    if kind in TYPES:
        known = state.types.get(full)
        return known is None or not known.created
    return full not in _made(before(context), context)


def _made(actions: Iterable[Action], context: Context) -> set[QualifiedName]:
    """What the actions make that is no relation. Without a target, each migration may be deployed on its own."""
    found = set()
    for action in actions:
        match action:
            case act.CreateSequence(name=made) | act.CreateFunction(name=made, or_replace=False):
                found.add(context.state.qualified(made))
            case act.CreateEnum(name=made) | act.CreateDomain(name=made) | act.CreateComposite(name=made):
                found.add(context.state.qualified(made))
            case act.CreateExtension(name=plain, if_not_exists=False):
                found.add(context.state.qualified(QualifiedName(plain)))
            case _:
                pass
    return found
