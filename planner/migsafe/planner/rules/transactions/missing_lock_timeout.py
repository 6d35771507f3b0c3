"""A strong lock without a lock_timeout in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.durations import timeouts
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context


def _find(transactions: tuple[Transaction, ...], _context: Context) -> Iterator[tuple[Statement, Hit]]:
    for transaction in transactions:
        for done in transaction.done:
            if any(timeouts(done.statement.actions, "lock_timeout")):
                break
            table = next((name for name, effect in done.on_live() if effect.lock.blocks_writes), None)
            if table is not None:
                yield done.statement, Hit(table, f"the lock on {table} is waited for as long as it takes")
                break


RULE = Rule(
    name="missing-lock-timeout",
    severity=Severity.OFF,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "Run by another tool, the statement waits for its lock without end, and everybody waits behind it. It "
        "is off because migsafe sets a lock_timeout for each attempt whatever the file says."
    ),
    remedy="Write SET LOCAL lock_timeout = '2s' at the head of the file if other tools run it too.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN note text;",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
""",
    check=OnTransactions(_find),
)
