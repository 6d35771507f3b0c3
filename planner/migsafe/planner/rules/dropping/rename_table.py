"""RENAME of a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.remedies.safer import view_of
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Rename(kind=ObjectKind.TABLE | ObjectKind.FOREIGN_TABLE, name=name, new_name=new):
            if context.live(name) and not _stands_in(name, context):
                safer = f"{this_sql(context)};\n{view_of(name, QualifiedName(new, name.schema), context)}"
                yield Hit(name, f"{name} is called {new} from now on", safer)
        case _:
            pass


def _stands_in(name: QualifiedName, context: Context) -> bool:
    """Whether the same transaction gives the old name to a view or to another table, as a swap of two tables does."""
    full = context.state.qualified(name)
    for action in context.later():
        match action:
            case act.CreateView(name=made) if context.state.qualified(made) == full:
                return True
            case act.Rename(kind=ObjectKind.TABLE, name=other, new_name=new):
                if QualifiedName(new, context.state.qualified(other).schema) == full:
                    return True
            case _:
                pass
    return False


RULE = Rule(
    name="rename-table",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=50,
    harm=(
        "The running application still uses the old name: each of its queries on the table fails until it is deployed "
        "anew."
    ),
    remedy=(
        "Make a view of the old name in the same transaction, which reads and writes pass through, and drop it a "
        "release later."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders RENAME TO purchases;",
    safe="""
ALTER TABLE orders RENAME TO purchases;
CREATE VIEW orders WITH (security_invoker = true) AS SELECT * FROM purchases;
""",
    check=OnActions((act.Rename,), _find),
)
