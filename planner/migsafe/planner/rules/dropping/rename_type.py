"""RENAME of a type that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.in_use import TYPES, in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Rename(kind=kind, name=name, new_name=new) if kind in TYPES and in_use(context, kind, name):
            if context.state.qualified(name) not in {context.state.qualified(made) for made in _made(context)}:
                yield Hit(str(name), f"the {kind} {name} is called {new} from now on")
        case _:
            pass


def _made(context: Context) -> Iterator[QualifiedName]:
    """The types that the same transaction makes afterwards, as when an enum is replaced."""
    for action in context.later():
        match action:
            case act.CreateEnum(name=made) | act.CreateDomain(name=made):
                yield made
            case act.CreateComposite(name=made) | act.CreateType(name=made):
                yield made
            case act.Rename(kind=kind, name=other, new_name=new) if kind in TYPES:
                yield QualifiedName(new, other.schema)
            case _:
                pass


RULE = Rule(
    name="rename-type",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=20,
    harm=(
        "Columns follow the rename, but casts to the old name fail: in bodies of functions, and in queries of the "
        "application, where many libraries write such casts unasked."
    ),
    remedy="Make a domain of the old name over the renamed type in the same transaction, and drop it a release later.",
    before="CREATE TYPE mood AS ENUM ('happy', 'sad');",
    unsafe="ALTER TYPE mood RENAME TO feeling;",
    safe="""
ALTER TYPE mood RENAME TO feeling;
CREATE DOMAIN mood AS feeling;
""",
    check=OnActions((act.Rename,), _find),
)
