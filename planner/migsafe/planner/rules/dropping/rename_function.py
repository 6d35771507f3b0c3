"""RENAME of a function that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.in_use import FUNCTIONS, in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Rename(kind=kind, name=name, new_name=new) if kind in FUNCTIONS and in_use(context, kind, name):
            made = (each.name for each in context.later() if isinstance(each, act.CreateFunction))
            if context.state.qualified(name) not in {context.state.qualified(each) for each in made}:
                yield Hit(str(name), f"the {kind} {name} is called {new} from now on")
        case _:
            pass


RULE = Rule(
    name="rename-function",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=30,
    harm=(
        "Calls by the old name fail, from the application and from bodies of other functions, which PostgreSQL does "
        "not look into. Triggers, policies and defaults follow the rename."
    ),
    remedy="Make a function of the new name, let the old one call it, and drop the old one a release later.",
    before="CREATE FUNCTION price(sum int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT sum * 2';",
    unsafe="ALTER FUNCTION price(int) RENAME TO gross_price;",
    safe=(
        "CREATE FUNCTION gross_price(sum int) RETURNS int LANGUAGE sql IMMUTABLE SET search_path = '' "
        "AS 'SELECT sum * 2';"
    ),
    check=OnActions((act.Rename,), _find),
)
