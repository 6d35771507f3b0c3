"""A lock_timeout that is set after the lock was taken."""

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
        locked = None
        for done in transaction.done:
            if locked is not None and any(timeouts(done.statement.actions, "lock_timeout")):
                yield done.statement, Hit(locked, f"the lock on {locked} was waited for before lock_timeout is set")
                break
            if any(True for _ in timeouts(done.statement.actions, "lock_timeout")):
                break
            locked = locked or next((name for name, effect in done.on_live() if effect.lock.blocks_writes), None)


RULE = Rule(
    name="lock-timeout-after-ddl",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=0,
    harm="A timeout holds for the statements after it: the lock before it is waited for without.",
    remedy=("Set lock_timeout before the first statement, or leave it to migsafe, which sets one for each attempt."),
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="""
ALTER TABLE orders ADD COLUMN note text;
SET LOCAL lock_timeout = '2s';
""",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
""",
    check=OnTransactions(_find),
)
