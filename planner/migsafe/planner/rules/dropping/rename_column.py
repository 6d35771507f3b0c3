"""RENAME COLUMN of a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.RenameColumn(table=table, column=column, new_name=new) if context.live(table):
            yield Hit(table, f"{table}.{column} is called {new} from now on")


RULE = Rule(
    name="rename-column",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=50,
    harm="The running application still uses the old name: its queries fail until it is deployed anew.",
    remedy=(
        "Add a column of the new name, write both, copy the values in batches, and drop the old one a release later."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, sum int);",
    unsafe="ALTER TABLE orders RENAME COLUMN sum TO total;",
    safe="ALTER TABLE orders ADD COLUMN total int;",
    check=OnActions((act.RenameColumn,), _find),
)
