"""Rows written in bulk while a table is locked from everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Done, Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    for transaction in transactions:
        held: dict[QualifiedName, int] = {}
        for done in transaction.done if transaction.together else ():
            written = next(_written(done, context), None)
            if held and written is not None:
                locked = written if written in held else next(iter(held))
                yield (
                    done.statement,
                    Hit(written, f"{written} is written while {locked} is locked since line {held[locked]}"),
                )
                break
            for name in done.exclusive():
                held.setdefault(done.renamed(name), done.statement.line)


def _written(done: Done, context: Context) -> Iterator[QualifiedName]:
    """The tables in use that it writes many rows of, or reads whole to fill another."""
    live = {name for name, _ in done.on_live()}
    for action in done.actions:
        match action:
            case act.Update(table=table) | act.Delete(table=table) | act.Merge(table=table):
                named: tuple[QualifiedName, ...] = (table,)
            case act.Insert(table=table, rows=None, sources=sources):
                named = (table, *sources)
            case _:
                continue
        yield from (full for name in named if (full := name.within(context.state.search_path)) in live)


RULE = Rule(
    name="dml-and-ddl-same-tx",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=(
        "The change of the schema keeps everybody away from the table until the transaction ends; with the "
        "rows written in between, that is as long as they take."
    ),
    remedy="Change the schema in one migration, and write the rows in batches in the next.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="""
ALTER TABLE orders ADD COLUMN cents int;
UPDATE orders SET cents = total * 100 WHERE id BETWEEN 1 AND 1000000;
""",
    safe="""
ALTER TABLE orders ADD COLUMN cents int;
-- next migration
UPDATE orders SET cents = total * 100 WHERE id BETWEEN 1 AND 1000;
""",
    check=OnTransactions(_find),
)
