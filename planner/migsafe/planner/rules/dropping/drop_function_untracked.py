"""DROP FUNCTION whose callers nobody can list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.clues.in_use import FUNCTIONS, in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=kind, name=name) if kind in FUNCTIONS and in_use(context, kind, name):
            full = context.state.qualified(name)
            made = (each.name for each in after(context) if isinstance(each, act.CreateFunction))
            if full not in {context.state.qualified(each) for each in made} and not _for_triggers(full, context):
                yield Hit(str(name), f"whatever calls the {kind} {name} fails from now on")
        case _:
            pass


def _for_triggers(function: QualifiedName, context: Context) -> bool:
    """Whether only triggers can call it, and PostgreSQL knows those."""
    overloads = context.state.functions.get(function, ())
    return bool(overloads) and all(each.returns is not None and each.returns.name == "trigger" for each in overloads)


RULE = Rule(
    name="drop-function-untracked",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=10,
    harm=(
        "PostgreSQL does not know who calls a function from another function's body or from the application: those "
        "calls fail when they are made, not now."
    ),
    remedy=(
        "Search the application and the other functions for its name, deploy what no longer calls it, and drop it a "
        "release later."
    ),
    before="CREATE FUNCTION price(sum int) RETURNS int LANGUAGE sql AS 'SELECT sum * 2';",
    unsafe="DROP FUNCTION price(int);",
    safe="COMMENT ON FUNCTION price(int) IS 'unused since 2.4, to be dropped with 2.6';",
    check=OnActions((act.Drop,), _find),
)
