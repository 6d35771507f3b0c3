"""Use of what an earlier statement of the set took away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.presence import Wrong, clashes
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    for clash in clashes(transactions, context.state):
        if clash.wrong is Wrong.MISSING:
            yield clash.statement, Hit(clash.name, clash.detail)


RULE = Rule(
    name="object-missing",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm="The statement fails, certainly, and with it the migration.",
    remedy="Change the order of the two, or leave one of them out.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="""
ALTER TABLE notes RENAME TO remarks;
ALTER TABLE notes ADD COLUMN body text;
""",
    safe="ALTER TABLE notes ADD COLUMN body text;",
    check=OnTransactions(_find),
)
