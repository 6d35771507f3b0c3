"""A table full of dead rows that a statement has to read."""

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


_MANY = 100_000
_SHARE = 0.3
"""Dead rows from which, and share of all rows from which, cleaning first saves more time than it takes."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live, told = context.surroundings.live, set()
    for done in (done for each in transactions for done in each.done) if live is not None else ():
        for name, effect in done.on_live():
            known = live.table(str(name)) if live is not None and (effect.scan or effect.rewrite) else None
            if known is None or name in told or known.dead_rows < _MANY:
                continue
            share = known.dead_rows / (known.dead_rows + max(known.rows, 0))
            if share >= _SHARE:
                told.add(name)
                yield done.statement, Hit(name, f"{share:.0%} of the rows of {name} are dead ({known.dead_rows:,})")


RULE = Rule(
    name="table-bloat",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="Dead rows are read like others, under the same lock; a long transaction or a slot may keep them from going.",
    remedy="VACUUM the table first, outside of a migration, and see in pg_stat_user_tables that n_dead_tup falls.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
ALTER TABLE orders ADD CONSTRAINT counted CHECK (total > 0) NOT VALID;
""",
    unsafe="ALTER TABLE orders VALIDATE CONSTRAINT counted;",
    safe="VACUUM orders;",
    check=OnTransactions(_find),
)
