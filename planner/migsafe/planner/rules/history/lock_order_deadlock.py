"""A referenced table locked before the table that refers to it."""

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
    referring: dict[QualifiedName, set[QualifiedName]] = {}
    for name in context.state.tables:
        referring[name] = set(context.state.references(name))
    for transaction in transactions:
        if (hit := _first(transaction, referring, context.state.search_path)) is not None:
            yield hit


def _first(
    transaction: Transaction, referring: dict[QualifiedName, set[QualifiedName]], schema: str
) -> tuple[Statement, Hit] | None:
    held: dict[QualifiedName, int] = {}
    found = None
    for done in transaction.done:
        for table in done.exclusive() if transaction.together and found is None else ():
            first = next((name for name in sorted(referring.get(table, ())) if name in held), None)
            if first is not None and table not in held:
                told = f"{table}, which refers to {first}, is locked after it (line {held[first]})"
                found = (done.statement, Hit(table, told))
        held |= {name: held.get(name, done.statement.line) for name in done.exclusive()}
        _learn(done, referring, schema)
    return found


def _learn(done: Done, referring: dict[QualifiedName, set[QualifiedName]], schema: str) -> None:
    for action in done.actions:
        match action:
            case act.CreateTable(name=table):
                found = action.all_constraints
            case act.AddColumn(table=table, column=column):
                found = column.constraints
            case act.AddConstraint(table=table, constraint=constraint):
                found = (constraint,)
            case _:
                continue
        to = {made.referenced.within(schema) for made in found if made.referenced is not None}
        referring.setdefault(table.within(schema), set()).update(to - {table.within(schema)})


RULE = Rule(
    name="lock-order-deadlock",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=5,
    harm=(
        "A session that inserts into the second table holds it while its foreign key is checked in the first: "
        "it waits for this transaction, and this transaction for it. After deadlock_timeout one of them fails "
        "(40P01)."
    ),
    remedy="Lock the referring table first, or better, give each table a migration of its own.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
""",
    unsafe="""
ALTER TABLE users ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN note text;
""",
    safe="""
ALTER TABLE users ADD COLUMN note text;
-- next migration
ALTER TABLE orders ADD COLUMN note text;
""",
    check=OnTransactions(_find),
)
