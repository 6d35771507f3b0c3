"""DROP INDEX without CONCURRENTLY on a table that is in use."""

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
        case act.Drop(kind=ObjectKind.INDEX, concurrently=False, name=name):
            table = context.state.table_of_index(name)
            if table is None or context.live(table):
                yield Hit(str(name), f"reads and writes of {table or 'its table'} wait for the lock to drop {name}")
        case _:
            pass


RULE = Rule(
    name="drop-index-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "It needs ACCESS EXCLUSIVE on the table: behind one long query that it waits for, every other query waits too."
    ),
    remedy="Drop it CONCURRENTLY, alone in a migration.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    unsafe="DROP INDEX orders_user_id_idx;",
    safe="DROP INDEX CONCURRENTLY orders_user_id_idx;",
    check=OnActions((act.Drop,), _find),
)
