"""DROP VIEW of a view that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.VIEW | ObjectKind.MATERIALIZED_VIEW as kind, name=name) if context.live(name):
            made = (each.name for each in after(context) if isinstance(each, _MAKES))
            if context.state.qualified(name) not in {context.state.qualified(each) for each in made}:
                yield Hit(name, f"whatever reads the {kind} {name} fails from now on")
        case _:
            pass


_MAKES = (act.CreateView, act.CreateTableAs, act.CreateTable)

RULE = Rule(
    name="drop-view",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=15,
    harm="The running application may still read the view; rights that were granted on it go with it.",
    remedy="Deploy what no longer reads it first, and drop it a release later.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY); CREATE VIEW recent_orders AS SELECT id FROM orders;",
    unsafe="DROP VIEW recent_orders;",
    safe="COMMENT ON VIEW recent_orders IS 'unused since 2.4, to be dropped with 2.6';",
    check=OnActions((act.Drop,), _find),
)
