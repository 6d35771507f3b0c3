"""CREATE INDEX without CONCURRENTLY on a table that is in use."""

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
        case act.CreateIndex(concurrently=False, only=False, table=table) if context.live(table):
            yield Hit(table, f"the index {action.name or ''} is built on {table} while writes wait".replace("  ", " "))


RULE = Rule(
    name="create-index-blocking",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    scaled=True,
    harm="Every write to the table waits until the whole index is built.",
    remedy=(
        "Build it CONCURRENTLY, alone in a migration. A partitioned table takes the index ON ONLY "
        "first, then one for each partition."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="CREATE INDEX orders_user_id_idx ON orders (user_id);",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    check=OnActions((act.CreateIndex,), _find),
)
