"""The statements of a set that take strong locks, and those that write or read much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import actions as act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.schemas.names import QualifiedName


@dataclass(frozen=True, slots=True)
class Heavy:
    """A rewrite of a table in use, or an index build on it."""

    statement: Statement
    table: QualifiedName
    rewrite: bool


def heavy(transactions: tuple[Transaction, ...]) -> Iterator[Heavy]:
    """What makes files as large as a table or an index, and WAL of them."""
    for done in (done for each in transactions for done in each.done):
        builds = any(isinstance(action, act.CreateIndex | act.Reindex) for action in done.actions)
        for name, effect in done.on_live():
            if effect.rewrite or effect.index_rebuild or (builds and effect.scan):
                yield Heavy(done.statement, name, effect.rewrite)


def first_strong(transactions: tuple[Transaction, ...]) -> tuple[Statement, QualifiedName] | None:
    """The first statement that must wait for others: for a lock that blocks writes, or for a concurrent build."""
    for done in (done for each in transactions for done in each.done):
        waits = any(isinstance(action, act.CreateIndex) and action.concurrently for action in done.actions)
        for name, effect in done.on_live():
            if effect.lock.blocks_writes or waits:
                return done.statement, name
    return None
