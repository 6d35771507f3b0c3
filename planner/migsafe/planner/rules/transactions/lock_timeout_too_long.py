"""A lock_timeout that lets a queue pile up."""

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


_LONGEST = 10_000
"""Milliseconds for which everybody may wait behind a statement that waits itself."""


def _find(transactions: tuple[Transaction, ...], _context: Context) -> Iterator[tuple[Statement, Hit]]:
    for transaction in transactions:
        said: tuple[Statement, float] | None = None
        for done in transaction.done:
            for given in timeouts(done.statement.actions, "lock_timeout"):
                said = (done.statement, given) if given == 0 or given > _LONGEST else None
            table = next((name for name, effect in done.on_live() if effect.lock.blocks_writes), None)
            if said is not None and table is not None:
                statement, given = said
                limit = "no limit" if given == 0 else f"up to {given / 1000:g} s"
                yield (
                    statement,
                    Hit(table, f"the lock on {table} in line {done.statement.line} is waited for with {limit}"),
                )
                break


RULE = Rule(
    name="lock-timeout-too-long",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    harm=(
        "While a strong lock is waited for, everybody who comes later waits behind it: one long query is "
        "enough to stop the application."
    ),
    remedy="Leave SET lock_timeout out: migsafe sets a short one for each attempt, and tries again.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="""
SET lock_timeout = 0;
ALTER TABLE orders ADD COLUMN note text;
""",
    safe="""
SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN note text;
""",
    check=OnTransactions(_find),
)
