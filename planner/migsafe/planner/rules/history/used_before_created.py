"""Use of a table that only a later statement of the set makes."""

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
        if clash.wrong is Wrong.LATER:
            yield clash.statement, Hit(clash.name, clash.detail)


RULE = Rule(
    name="used-before-created",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm="One of the two fails: this one if the table is not there yet, the later CREATE if it is.",
    remedy="Give the migration that makes the table the earlier version.",
    before="",
    unsafe="""
ALTER TABLE drafts ADD COLUMN body text;
-- next migration
CREATE TABLE drafts (id bigint PRIMARY KEY);
""",
    safe="""
CREATE TABLE drafts (id bigint PRIMARY KEY);
-- next migration
ALTER TABLE drafts ADD COLUMN body text;
""",
    check=OnTransactions(_find),
)
