"""A standby that is behind already, before a statement that writes much WAL."""

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


_BYTES, _MILLISECONDS = 256 * 1024**2, 30_000


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    first = next(heavy(transactions), None)
    if live is None or live.replication is None or first is None:
        return
    for standby in live.replication.standbys:
        behind, late = standby.lag_bytes or 0, standby.lag_ms or 0
        if behind >= _BYTES or late >= _MILLISECONDS:
            waits = ", and commits wait for it" if standby.synchronous else ""
            told = f"{standby.name} is {behind // 1024**2} MiB and {late / 1000:g} s behind{waits}"
            yield first.statement, Hit(first.table, told)


RULE = Rule(
    name="standby-behind",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "What the statement writes is sent to the standby too: reads there show old rows for longer, and a "
        "failover would take longer or lose more."
    ),
    remedy="Wait until it has caught up, or find out why it does not.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
    safe="ALTER TABLE orders ADD COLUMN note text;",
    check=OnTransactions(_find),
)
