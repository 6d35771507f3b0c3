"""Slow work on one table while another is locked from everybody."""

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


def _find(transactions: tuple[Transaction, ...], _context: Context) -> Iterator[tuple[Statement, Hit]]:
    return (hit for each in transactions if each.together for hit in _held(each))


def _held(transaction: Transaction) -> Iterator[tuple[Statement, Hit]]:
    held: dict[QualifiedName, int] = {}
    for done in transaction.done:
        for table, why in _slow(done):
            waiting = [name for name in held if name != table]
            if waiting:
                since = held[waiting[0]]
                yield done.statement, Hit(table, f"{table} is {why} while {waiting[0]} is locked since line {since}")
                return
        for name in done.exclusive():
            held.setdefault(done.renamed(name), done.statement.line)


def _slow(done: Done) -> Iterator[tuple[QualifiedName, str]]:
    """Work that takes the longer the more rows there are; `dml-and-ddl-same-tx` tells of rows that are written."""
    referenced = {name.name for name in _referenced(done)}
    for name, effect in done.on_live():
        if effect.rewrite:
            yield name, "rewritten"
        elif effect.lock.blocks_writes and (effect.scan or effect.index_rebuild) and name.name not in referenced:
            yield name, "read from end to end"


def _referenced(done: Done) -> Iterator[QualifiedName]:
    """The tables at the other end of new foreign keys: they are only looked into, once for each row of the first."""
    for action in done.actions:
        match action:
            case act.AddConstraint(constraint=added):
                found = [added]
            case act.AddColumn(column=column):
                found = [*column.constraints]
            case act.CreateTable():
                found = [*action.all_constraints]
            case _:
                continue
        yield from (made.referenced for made in found if made.referenced is not None)


RULE = Rule(
    name="statement-after-access-exclusive",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=25,
    scaled=True,
    harm=(
        "A lock is kept until the transaction ends: everybody who reads or writes the first table waits until "
        "the slow work on the second is done."
    ),
    remedy="Give each table a migration of its own.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, total int);
""",
    unsafe="""
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
""",
    safe="""
ALTER TABLE users ADD COLUMN note text;
-- next migration
ALTER TABLE orders ADD COLUMN total_2 bigint;
""",
    check=OnTransactions(_find),
)
