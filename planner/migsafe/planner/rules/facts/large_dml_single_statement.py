"""Rows of a large table written by one statement whose condition no key answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


_MANY = 100_000
"""Rows of the table."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    for done in (done for each in transactions for done in each.done) if live is not None else ():
        for action in done.actions:
            table = _by_condition(action, context)
            full = table.within(context.state.search_path) if table is not None else None
            known = live.table(str(full)) if live is not None and full in done.effects else None
            if full is not None and known is not None and known.rows >= _MANY:
                yield (
                    done.statement,
                    Hit(full, f"{full} has about {known.rows} rows, and nothing says how few of them are meant"),
                )


def _by_condition(action: Action, context: Context) -> QualifiedName | None:
    """The table of an UPDATE or DELETE whose WHERE names no column of a key or of a unique index."""
    match action:
        case (
            act.Update(table=table, where=where, every_row=False)
            | act.Delete(table=table, where=where, every_row=False)
        ):
            indexes = context.state.indexes_of(table).values()
            keys = {column for index in indexes if index.unique for column in index.columns[:1]}
            known = context.state.table(table)
            for made in known.constraints.values() if known is not None else ():
                keys.update(made.columns[:1] if made.kind in {"primary key", "unique"} else ())
            named = set(where.columns) if where is not None else set()
            return None if named & (keys | {"id"}) else table
        case _:
            return None


RULE = Rule(
    name="large-dml-single-statement",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    scaled=True,
    harm=(
        "All rows that it meets stay locked until the end of the transaction, standbys get them at one go, "
        "and dead rows can be cleaned up only afterwards."
    ),
    remedy="Write in batches by key, each in a transaction of its own.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);\nCREATE INDEX ON orders (total);",
    unsafe="UPDATE orders SET paid = true WHERE total = 0;",
    safe="UPDATE orders SET paid = true WHERE id BETWEEN 1 AND 1000;",
    check=OnTransactions(_find),
)
