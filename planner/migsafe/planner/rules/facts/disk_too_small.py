"""A rewrite or an index build for which the disk has not the room."""

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


_SPARE = 1.2
"""The new files, and the WAL of a part of them before a checkpoint lets it go."""


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    live = context.surroundings.live
    if live is None or live.free_disk_bytes is None:
        return
    for found in heavy(transactions):
        known = live.table(str(found.table))
        if known is None:
            continue
        whole = (known.heap_bytes or 0) + (known.index_bytes or 0) + (known.toast_bytes or 0)
        needed = int(_SPARE * (whole if found.rewrite else (known.heap_bytes or 0) // 3))
        if needed > live.free_disk_bytes:
            room = f"{live.free_disk_bytes // 1024**2} MiB are free"
            yield found.statement, Hit(found.table, f"it takes about {needed // 1024**2} MiB more, and {room}")


RULE = Rule(
    name="disk-too-small",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=60,
    harm=(
        "Old and new files stand side by side until the transaction ends. A disk that is full fails the "
        "statement; a WAL disk that is full stops the server."
    ),
    remedy="Make room first, or change the table by way of a new column that is filled in batches.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, paid boolean);",
    unsafe="ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
    safe="ALTER TABLE orders ADD COLUMN note text;",
    check=OnTransactions(_find),
)
