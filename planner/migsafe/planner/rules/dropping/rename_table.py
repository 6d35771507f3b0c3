"""RENAME of a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Rename(kind=ObjectKind.TABLE, name=name, new_name=new) if context.live(name):
            views = (made.name for made in context.later() if isinstance(made, act.CreateView))
            if context.state.qualified(name) not in {context.state.qualified(view) for view in views}:
                yield Hit(name, f"{name} is called {new} from now on")


RULE = Rule(
    name="rename-table",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=50,
    harm=(
        "The running application still uses the old name: each of its queries on the table fails "
        "until it is deployed anew."
    ),
    remedy=(
        "Make a view of the old name in the same transaction, which reads and writes pass through, "
        "and drop it a release later."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders RENAME TO purchases;",
    safe="""
ALTER TABLE orders RENAME TO purchases;
CREATE VIEW orders WITH (security_invoker = true) AS SELECT * FROM purchases;
""",
    check=OnActions((act.Rename,), _find),
)
