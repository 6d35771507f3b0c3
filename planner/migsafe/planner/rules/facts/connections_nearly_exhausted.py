"""A strong lock on a server that has few connections left."""

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


_FULL = 0.9


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    strong = first_strong(transactions)
    if live is None or live.server is None or strong is None:
        return
    server = live.server
    if server.connections >= _FULL * server.max_connections:
        statement, table = strong
        yield statement, Hit(table, f"{server.connections} of {server.max_connections} connections are in use")


RULE = Rule(
    name="connections-nearly-exhausted",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "Whoever waits for the lock keeps a connection: the few that are left are taken in moments, and then "
        "nobody gets in, not even those who need other tables."
    ),
    remedy="Apply it when fewer sessions are there, or put a pool between the application and the server.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ADD COLUMN note text;",
    safe="SELECT count(*) FROM orders;",
    check=OnTransactions(_find),
)
