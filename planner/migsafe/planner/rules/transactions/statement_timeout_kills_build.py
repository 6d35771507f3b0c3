"""A short statement_timeout over an index build or a validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.durations import timeouts
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context


_ENOUGH = 300_000
"""Milliseconds that a build on a table of some gigabytes takes."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    limit: dict[int, float] = {}
    for transaction in transactions:
        for done in transaction.done:
            for given in timeouts(done.statement.actions, "statement_timeout"):
                limit[transaction.number] = given
            given = limit.get(transaction.number, 0)
            for action in done.statement.actions if 0 < given < _ENOUGH else ():
                if _long(action, context):
                    told = f"it is broken off after {given / 1000:g} s, however far it is by then"
                    yield done.statement, Hit("", told)


def _long(action: Action, context: Context) -> bool:
    match action:
        case act.CreateIndex(table=table, concurrently=True) | act.ValidateConstraint(table=table):
            return context.live(table)
        case act.Reindex(concurrently=True) | act.RefreshMaterializedView():
            return True
        case _:
            return False


RULE = Rule(
    name="statement-timeout-kills-build",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=15,
    harm=(
        "Work that takes long but blocks nobody is broken off half done; a concurrent build leaves an invalid "
        "index behind, which slows writes and has to be dropped."
    ),
    remedy="Set statement_timeout to 0 for this statement: nobody waits for it.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
""",
    unsafe="""
SET statement_timeout = '30s';
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    safe="""
SET statement_timeout = 0;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
""",
    check=OnTransactions(_find),
)
