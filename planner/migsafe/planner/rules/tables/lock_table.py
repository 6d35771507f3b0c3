"""An explicit LOCK TABLE that keeps others waiting."""

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
        case act.LockTable(tables=tables, mode=mode) if mode.blocks_writes:
            for table in tables:
                if context.live(table):
                    yield Hit(table, f"{mode.blocks} of {table} wait until the transaction ends")
        case _:
            pass


RULE = Rule(
    name="lock-table",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    harm="Everybody waits from here to the end of the transaction, whatever it still has to do.",
    remedy=(
        "Leave it out: each statement takes the lock that it needs, and migsafe takes strong ones in a safe way "
        "beforehand."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="LOCK TABLE orders;",
    safe="LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;",
    check=OnActions((act.LockTable,), _find),
)
