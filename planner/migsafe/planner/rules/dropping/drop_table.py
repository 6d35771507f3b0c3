"""DROP TABLE of a table that is in use."""

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
        case act.Drop(kind=ObjectKind.TABLE | ObjectKind.FOREIGN_TABLE, name=name) if context.live(name):
            # A table that is made anew at once is the matter of create-table-force.
            made = (each.name for each in after(context) if isinstance(each, act.CreateTable))
            if context.state.qualified(name) not in {context.state.qualified(each) for each in made}:
                yield Hit(name, f"the table {name} is dropped with all its rows")
        case _:
            pass


RULE = Rule(
    name="drop-table",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=60,
    harm="All rows are gone for good, and every query that names the table fails.",
    remedy=(
        "Stop using the table in one release and take the rights on it away; drop it in a later one, after a backup."
    ),
    before="CREATE TABLE imports (id bigint PRIMARY KEY);",
    unsafe="DROP TABLE imports;",
    safe="REVOKE ALL ON imports FROM PUBLIC;",
    check=OnActions((act.Drop,), _find),
)
