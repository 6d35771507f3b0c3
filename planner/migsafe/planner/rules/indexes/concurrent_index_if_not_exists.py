"""CREATE INDEX CONCURRENTLY IF NOT EXISTS."""

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
        case act.CreateIndex(concurrently=True, if_not_exists=True, name=name, table=table) if context.live(table):
            yield Hit(table, f"a broken index {name} on {table} would be taken for the finished one")


RULE = Rule(
    name="concurrent-index-if-not-exists",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=15,
    harm=(
        "A build that broke off leaves an invalid index behind; IF NOT EXISTS finds its name, does "
        "nothing and reports success."
    ),
    remedy="Leave IF NOT EXISTS out: migsafe looks whether the index is there and valid before it builds it.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_user_id_idx ON orders (user_id);",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    check=OnActions((act.CreateIndex,), _find),
)
