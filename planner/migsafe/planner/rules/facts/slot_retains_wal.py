"""A replication slot that nobody reads from, before a statement that writes much WAL."""

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


_MUCH = 1024**3


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    first = next(heavy(transactions), None)
    if live is None or live.replication is None or first is None:
        return
    for slot in live.replication.slots:
        if not slot.active and (slot.retained_bytes or 0) >= _MUCH:
            told = (
                f"the slot {slot.slot} is read by nobody and keeps {(slot.retained_bytes or 0) // 1024**2} MiB of WAL"
            )
            yield first.statement, Hit(first.table, told)


RULE = Rule(
    name="slot-retains-wal",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=20,
    harm=(
        "The server keeps all WAL that the slot has not read: what the statement writes stays on the disk as "
        "well, and a full disk stops the server."
    ),
    remedy="Start its reader, or drop the slot with pg_drop_replication_slot() if nobody needs it any more.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
    safe="ALTER TABLE orders ADD COLUMN note text;",
    check=OnTransactions(_find),
)
