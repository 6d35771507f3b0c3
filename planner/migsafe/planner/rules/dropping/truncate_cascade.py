"""TRUNCATE ... CASCADE, which empties tables that the text does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Truncate(cascade=True, tables=tables):
            named = [context.state.qualified(name) for name in tables]
            others = _referring(named, context)
            if others:
                every = ", ".join(str(name) for name in (*tables, *others))
                again = " RESTART IDENTITY" if action.restart_identity else ""
                safer = f"TRUNCATE {every}{again};"
                yield Hit(tables[0], f"{', '.join(map(str, others))} is emptied too".replace(", ", " and "), safer)
            elif any(context.live(name) for name in tables):
                yield Hit(tables[0], f"every table that refers to {' or '.join(map(str, tables))} is emptied too")
        case _:
            pass


def _referring(named: list[QualifiedName], context: Context) -> list[QualifiedName]:
    """The known tables whose foreign keys lead to the named ones, over others too."""
    found = list(named)
    for name in found:
        users = context.state.users_of(name)
        found.extend(user.table for user in users if user.kind == "foreign key" and user.table not in found)
    return found[len(named) :]


RULE = Rule(
    name="truncate-cascade",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=70,
    harm=(
        "Every table with a foreign key to it is emptied as well, and those that refer to them in turn, all of them "
        "locked against reads and writes."
    ),
    remedy=(
        "Name every table that is to be emptied and leave CASCADE out: PostgreSQL then refuses if one is missing from "
        "the list."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
""",
    unsafe="TRUNCATE orders CASCADE;",
    safe="DELETE FROM items WHERE id <= 1000;",
    check=OnActions((act.Truncate,), _find),
)
