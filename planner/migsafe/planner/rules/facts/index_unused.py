"""Work on the indexes of a table of which some were never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.heavy import heavy
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.live import IndexActivity, LiveFacts
    from migsafe.schemas.names import QualifiedName


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live, told = context.surroundings.live, set()
    for found in heavy(transactions) if live is not None else ():
        unused = [] if live is None or found.table in told else _unused(live, found.table, context)
        if unused:
            told.add(found.table)
            names = ", ".join(each.index for each in unused[:_SHOWN])
            more = f" and {len(unused) - _SHOWN} more" if len(unused) > _SHOWN else ""
            size = sum(each.bytes or 0 for each in unused) // 1024**2
            yield found.statement, Hit(found.table, f"no query has used {names}{more} so far ({size:,} MiB)")


_SHOWN = 3
_LARGE = 10 * 1024**2
"""Bytes of an index that are worth a word."""


def _unused(live: LiveFacts, table: QualifiedName, context: Context) -> list[IndexActivity]:
    """Its large indexes that were never scanned and prove nothing."""
    proving = {str(name) for name, index in context.state.indexes_of(table).items() if index.unique or index.constraint}
    return [
        each
        for each in live.indexes
        if each.table == str(table) and each.valid and not each.scans and (each.bytes or 0) >= _LARGE
        if each.index not in proving
    ]


RULE = Rule(
    name="index-unused",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=2,
    harm=(
        "Every write keeps them up to date, a rewrite builds them anew, and nobody reads them, as far as this server's "
        "statistics tell; standbys have statistics of their own."
    ),
    remedy="If no standby uses them either, drop them CONCURRENTLY before this migration.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state text);
CREATE INDEX orders_user_id_idx ON orders (user_id);
CREATE INDEX orders_state_idx ON orders (state);
""",
    unsafe="CREATE INDEX CONCURRENTLY orders_user_id_state_idx ON orders (user_id, state);",
    safe="DROP INDEX CONCURRENTLY orders_state_idx;",
    check=OnTransactions(_find),
)
