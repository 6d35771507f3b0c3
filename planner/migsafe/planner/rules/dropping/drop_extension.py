"""DROP EXTENSION of an extension that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.in_use import in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.EXTENSION, name=name, cascade=cascade) if in_use(
            context, ObjectKind.EXTENSION, name
        ):
            if cascade:
                yield Hit(str(name), f"every column of a type of {name}, and all that calls it, is dropped with it")
            elif not _made_again(name, context):
                yield Hit(str(name), f"the types, functions and operators of {name} are dropped")
        case _:
            pass


def _made_again(name: QualifiedName, context: Context) -> bool:
    return any(isinstance(action, act.CreateExtension) and action.name == name.name for action in context.later())


RULE = Rule(
    name="drop-extension",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=40,
    harm=(
        "Its types, functions and operators go. With CASCADE the columns of those types go too, with their values; "
        "without it, bodies of functions and queries of the application that call them fail from now on."
    ),
    remedy=(
        "List what depends on it (pg_depend), convert those columns and calls by name in earlier migrations, and then "
        "drop it without CASCADE."
    ),
    before="CREATE EXTENSION pg_trgm;",
    unsafe="DROP EXTENSION pg_trgm CASCADE;",
    safe="COMMENT ON EXTENSION pg_trgm IS 'unused since 2.4, to be dropped with 2.6';",
    check=OnActions((act.Drop,), _find),
)
