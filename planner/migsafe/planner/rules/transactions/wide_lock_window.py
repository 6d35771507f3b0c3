"""Two or more tables locked from everybody in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnTransactions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(transactions: tuple[Transaction, ...], context: Context) -> Iterator[tuple[Statement, Hit]]:
    made_views: set[QualifiedName] = set()
    for transaction in transactions:
        held: dict[QualifiedName, Statement] = {}
        for done in transaction.done if transaction.together else ():
            for name in done.exclusive():
                if name not in made_views and not _is_view(name, context):
                    held.setdefault(name, done.statement)
            made_views |= {
                context.state.qualified(action.name) for action in done.actions if isinstance(action, act.CreateView)
            }
        if len(set(held.values())) > 1:
            named = list(held)
            more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
            told = f"{', '.join(map(str, named[:_SHOWN]))}{more} are locked together until the transaction ends"
            yield list(held.values())[-1], Hit("", told)


_SHOWN = 3


def _is_view(name: QualifiedName, context: Context) -> bool:
    """A view holds no rows, and whoever waits for it would wait for its tables as well."""
    known = context.state.tables.get(name)
    return known is not None and known.kind == "view"


RULE = Rule(
    name="wide-lock-window",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="All of them stay locked until the last is changed, and the application waits at each of them.",
    remedy="Give each table a migration of its own.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
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
