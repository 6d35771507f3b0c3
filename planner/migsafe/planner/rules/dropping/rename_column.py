"""RENAME COLUMN of a table or view that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.in_use import RELATIONS
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.RenameColumn(table=table, column=column, new_name=new, kind=kind) if kind in RELATIONS:
            if context.live(table) and not _stands_in(table, column, context):
                yield Hit(table, f"{table}.{column} is called {new} from now on")
        case _:
            pass


def _stands_in(table: QualifiedName, column: str, context: Context) -> bool:
    """Whether the same transaction gives the old name to a column, or the table's name to a view, as pgroll does."""
    full = context.state.qualified(table)
    for action in context.later():
        match action:
            case act.AddColumn(table=other, column=made) if made.name == column:
                if context.state.qualified(other) == full:
                    return True
            case act.RenameColumn(table=other, new_name=new) if new == column:
                if context.state.qualified(other) == full:
                    return True
            case act.CreateView(name=view) if context.state.qualified(view) == full:
                return True
            case _:
                pass
    return False


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
