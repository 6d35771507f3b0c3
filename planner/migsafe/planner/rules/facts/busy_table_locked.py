"""ACCESS EXCLUSIVE on a table that is used many times in a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context


_BUSY = 100
"""Reads and writes in a second."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    told = set()
    for done in (done for each in transactions for done in each.done) if live is not None else ():
        for name in done.exclusive():
            known = live.table(str(name)) if live is not None else None
            rate = known.scans + known.writes if known is not None else 0
            if rate >= _BUSY and name not in told:
                told.add(name)
                yield done.statement, Hit(name, f"{name} sees {rate:.0f} scans and written rows in a second")


RULE = Rule(
    name="busy-table-locked",
    # The traffic is in the points of the lock already.
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=0,
    harm=(
        "For each tenth of a second that the lock is waited for or held, that many queries pile up, each with "
        "a connection."
    ),
    remedy="Apply it when traffic is low: policies.maintenance_window can say when that is.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ADD COLUMN note text;",
    safe="SELECT count(*) FROM orders;",
    check=OnTransactions(_find),
)
