"""ON DELETE SET NULL into a column that is NOT NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import after, fellows
from migsafe.planner.rules.clues.foreign_keys import MAKERS, is_not_null, made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if isinstance(action, act.SetNotNull):
        known = context.state.table(action.table)
        for name, each in known.constraints.items() if known is not None else ():
            if each.on_delete == "set null" and each.columns == (action.column,):
                yield Hit(action.table, f"{name} sets {action.table}.{action.column} to NULL")
        return
    for table, key in made(action):
        if key.on_delete == "set null":
            for column in key.set_columns or key.columns:
                if is_not_null(column, table, action, context.state) and not _let_loose(table, column, context):
                    yield Hit(table, f"{table}.{column} is NOT NULL, and is to become NULL")


def _let_loose(table: QualifiedName, column: str, context: Context) -> bool:
    """Whether the same statement, or a later one of the migration, drops the NOT NULL."""
    full = context.state.qualified(table)
    drops = (each for each in (*fellows(context), *after(context)) if isinstance(each, act.DropNotNull))
    return any(each.column == column and context.state.qualified(each.table) == full for each in drops)


RULE = Rule(
    name="fk-set-null-on-not-null",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=30,
    harm=(
        "Deleting a parent that has children fails with a NOT NULL violation (23502), as if it were "
        "RESTRICT, but with another error."
    ),
    remedy="Let the column be NULL, or say RESTRICT or CASCADE.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="""
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders (id) ON DELETE SET NULL);
CREATE INDEX items_order_idx ON items (order_id);
""",
    safe="""
CREATE TABLE items (order_id bigint REFERENCES orders (id) ON DELETE SET NULL);
CREATE INDEX items_order_idx ON items (order_id);
""",
    check=OnActions((*MAKERS, act.SetNotNull), _find),
)
