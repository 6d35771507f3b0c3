"""An index built on a table in use that a later statement of the set writes anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    built: dict[QualifiedName, tuple[Statement, str]] = {}
    for transaction in transactions:
        if not context.state.complete and transaction.number:
            built = {name: found for name, found in built.items() if found[0].path == transaction.migration.path}
        for done in transaction.done:
            for name, effect in done.on_live():
                if effect.rewrite and name in built:
                    by, index = built.pop(name)
                    told = f"the index {index} of {name} is built in line {done.statement.line} again"
                    yield by, Hit(name, told)
            for action in done.actions:
                match action:
                    case act.CreateIndex(table=table, name=made):
                        full = table.within(context.state.search_path)
                        if full in {name for name, _ in done.on_live()}:
                            built[full] = (done.statement, made or "")
                    case _:
                        pass


RULE = Rule(
    name="create-then-rewrite",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="A rewrite builds every index of the table anew: the first build was for nothing.",
    remedy="Change the type first, and build the index in a later migration.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="""
CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
""",
    safe="CREATE INDEX CONCURRENTLY orders_total_idx ON orders (total);",
    check=OnTransactions(_find),
)
