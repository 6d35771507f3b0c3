"""A transaction that is open for minutes, in front of a strong lock or a concurrent build."""

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


_LONG = 60
"""Seconds; a web request has none that old."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    strong = first_strong(transactions)
    if live is None or live.sessions is None or strong is None or live.sessions.oldest_transaction < _LONG:
        return
    statement, table = strong
    idle = live.sessions.idle_in_transaction
    also = f", and {idle} sessions do nothing with theirs open" if idle else ""
    yield statement, Hit(table, f"the oldest transaction is open for {live.sessions.oldest_transaction} s{also}")


RULE = Rule(
    name="long-transaction-in-the-way",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "A strong lock waits until every transaction that has touched the table has ended, a concurrent index "
        "build until every older one of the database has; behind a waiting lock everybody waits."
    ),
    remedy="Find out who it is (`migsafe doctor`, pg_stat_activity) and let it end before you apply.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ADD COLUMN note text;",
    safe="SELECT count(*) FROM orders;",
    check=OnTransactions(_find),
)
