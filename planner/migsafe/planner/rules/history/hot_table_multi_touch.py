"""A table that three or more migrations of one deploy lock from everybody."""

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
    from migsafe.schemas.names import QualifiedName


_MANY = 3


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    if not context.state.complete:
        return  # the migrations of a whole history are no one deploy
    locked: dict[QualifiedName, dict[int, Statement]] = {}
    for transaction in transactions:
        for done in transaction.done:
            for name in done.exclusive():
                locked.setdefault(name, {}).setdefault(transaction.number, done.statement)
    for name, by in locked.items():
        if len(by) >= _MANY:
            yield list(by.values())[-1], Hit(name, f"{name} is locked by {len(by)} migrations of this plan")


RULE = Rule(
    name="hot-table-multi-touch",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm=(
        "Everybody is made to wait for the table again and again in one deploy; each lock is another chance "
        "to wait behind a long query."
    ),
    remedy="Fold the changes of this table into one migration, as far as none of them takes long.",
    before="",
    unsafe="",
    safe="",
    check=OnTransactions(_find),
)
