"""TRUNCATE without CASCADE of a table that a foreign key refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import fellows
from migsafe.planner.rules.clues.dependents import told
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Truncate(cascade=False, tables=tables):
            named = {context.state.qualified(name) for name in tables}
            for name in tables:
                users = [user for user in context.state.users_of(name) if user.kind == "foreign key"]
                if missing := [user for user in users if user.table not in named]:
                    others = dict.fromkeys(str(user.table) for user in missing)
                    verb = "refers" if len(missing) == 1 else "refer"
                    yield Hit(name, f"{told(missing)} {verb} to {name}", _safer(tables, others, context))
        case _:
            pass


def _safer(tables: tuple[QualifiedName, ...], others: dict[str, None], context: Context) -> str:
    """With every table named; whether the others may be emptied is for the reader to say."""
    again = any(isinstance(each, act.Truncate) and each.restart_identity for each in fellows(context))
    return f"TRUNCATE {', '.join([*map(str, tables), *others])}{' RESTART IDENTITY' if again else ''};"


RULE = Rule(
    name="truncate-referenced",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=30,
    harm=(
        "PostgreSQL refuses to empty a table that a foreign key of another one refers to, even if that one is empty: "
        "the migration stops here."
    ),
    remedy="DELETE the rows in batches, or name the other tables in the same TRUNCATE if they are to be emptied too.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
""",
    unsafe="TRUNCATE orders;",
    safe="DELETE FROM orders WHERE id <= 1000;",
    check=OnActions((act.Truncate,), _find),
)
