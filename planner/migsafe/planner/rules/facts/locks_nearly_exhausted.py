"""A transaction that locks more relations than the server has room for."""

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


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    server = context.surroundings.live.server if context.surroundings.live is not None else None
    for transaction in transactions if server is not None else ():
        locked = {name for done in transaction.done for name in done.effects}
        # Each partition has indexes, which are locked with it.
        needed = sum(1 + len(context.state.indexes_of(name)) for name in locked)
        room = server.max_locks_per_transaction * server.max_connections if server is not None else 0
        if transaction.done and needed > room // 2:
            told = f"it locks about {needed} relations at once, and the lock table of the server holds {room}"
            yield transaction.done[-1].statement, Hit("", told)


RULE = Rule(
    name="locks-nearly-exhausted",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=30,
    harm=(
        "The lock table is shared by all sessions: when it is full, this transaction and others fail with "
        "`out of shared memory` (53200)."
    ),
    remedy=("Change the partitions in several migrations, or raise max_locks_per_transaction, which takes a restart."),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="",
    safe="",
    check=OnTransactions(_find),
)
