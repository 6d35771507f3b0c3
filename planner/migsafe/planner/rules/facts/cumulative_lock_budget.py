"""A table that the transactions of one plan block for long, all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.risk.speeds import DEFAULT_SPEEDS, work_of
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName

BUDGET = 60
"""Seconds for which one plan may block a table in all."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    spent: dict[QualifiedName, list[tuple[int, float, Statement]]] = {}
    for transaction in transactions:
        for done in transaction.done:
            for name, effect in done.on_live():
                known = context.state.table(name)
                if effect.lock.blocks_writes and known is not None and known.bytes is not None:
                    seconds = DEFAULT_SPEEDS.seconds(work_of(done.statement, effect), known.bytes)
                    spent.setdefault(name, []).append((transaction.number, seconds, done.statement))
    for name, parts in spent.items():
        total = sum(seconds for _, seconds, _ in parts)
        often = len({number for number, _, _ in parts})
        if often > 1 and total > BUDGET:
            told = f"{name} is blocked by {often} migrations of this plan, for about {total:.0f} s in all"
            yield parts[-1][2], Hit(name, told)


RULE = Rule(
    name="cumulative-lock-budget",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="Each migration may be bearable; together they keep the writers of one table waiting for more than a minute.",
    remedy="Deploy them apart, or take the safer forms that the other findings on this table show.",
    before="",
    unsafe="",
    safe="",
    check=OnTransactions(_find),
)
"""Shown by no example: it needs a table of which the target told the size."""
