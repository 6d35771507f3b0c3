"""A prepared transaction that nobody has ended, in front of a strong lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.heavy import first_strong
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    strong = first_strong(transactions)
    if live is None or live.sessions is None or strong is None or not live.sessions.prepared_transactions:
        return
    statement, table = strong
    number, age = live.sessions.prepared_transactions, live.sessions.oldest_prepared
    yield statement, Hit(table, f"{number} prepared transactions are open, the oldest for {age} s")


RULE = Rule(
    name="prepared-transaction-in-the-way",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=25,
    harm=(
        "Its locks outlive every session and every restart: what waits for one of them waits until somebody "
        "says COMMIT PREPARED or ROLLBACK PREPARED."
    ),
    remedy="Look into pg_prepared_xacts, and end those that no transaction manager will end.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ADD COLUMN note text;",
    safe="SELECT count(*) FROM orders;",
    check=OnTransactions(_find),
)
