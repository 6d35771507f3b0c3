"""A column replaced by another in one deploy: added, filled and the old one dropped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.names import QualifiedName


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    added: dict[tuple[int, QualifiedName], set[str]] = {}
    filled: dict[tuple[int, QualifiedName], list[tuple[str, Statement]]] = {}
    for transaction in transactions:
        # Without a target, each migration may be deployed on its own.
        deploy = 0 if context.state.complete else transaction.number
        for done in transaction.done:
            for action in done.actions:
                match action:
                    case act.AddColumn(table=table, column=column) if not _new(table, done.effects):
                        added.setdefault((deploy, table), set()).add(column.name)
                    case act.Update(table=table, columns=columns):
                        new = added.get((deploy, table), set()) & set(columns)
                        filled.setdefault((deploy, table), []).extend((name, done.statement) for name in sorted(new))
                    case act.DropColumn(table=table, column=old):
                        for name, by in filled.get((deploy, table), ()):
                            if old != name and re.search(rf"\b{re.escape(old)}\b", by.sql):
                                yield (
                                    done.statement,
                                    Hit(table, f"{old} of {table} goes in the deploy that brings {name}"),
                                )
                                break
                    case _:
                        pass


def _new(table: QualifiedName, effects: Mapping[QualifiedName, Effect]) -> bool:
    return any(effect.new for name, effect in effects.items() if name.name == table.name)


RULE = Rule(
    name="expand-and-contract-at-once",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=25,
    harm=(
        "At no moment do both columns exist for the application: the release that runs now fails without the "
        "old one, the next one without the new, and what is written between the copy and the drop is lost."
    ),
    remedy=(
        "Add and fill the new column in one deploy, write both from the application, and drop the old one in "
        "a later deploy."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, name text);",
    unsafe="""
ALTER TABLE users ADD COLUMN full_name text;
UPDATE users SET full_name = name WHERE id BETWEEN 1 AND 1000;
ALTER TABLE users DROP COLUMN name;
""",
    safe="""
ALTER TABLE users ADD COLUMN full_name text;
-- next migration
UPDATE users SET full_name = name WHERE id BETWEEN 1 AND 1000;
""",
    check=OnTransactions(_find),
)
