"""CREATE or ADD of what is there already."""

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
        if clash.wrong is Wrong.EXISTS:
            yield clash.statement, Hit(clash.name, clash.detail)


RULE = Rule(
    name="object-already-exists",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm="The statement fails, certainly, and with it the migration.",
    remedy="Leave it out, or make the change to what is there; IF NOT EXISTS would hide that the two may differ.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);",
    unsafe="CREATE TABLE notes (id bigint PRIMARY KEY, body text);",
    safe="ALTER TABLE notes ADD COLUMN body text;",
    check=OnTransactions(_find),
)
