"""A new NOT NULL column without a value for the rows that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.columns import fills_itself
from migsafe.planner.rules.remedies.rewritten import column_text, not_null_later
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.columns import Column
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if column.not_null and context.live(table):
            if not fills_itself(column):
                detail = f"{table}.{column.name} is NOT NULL, but rows that are there have no value for it"
                yield Hit(table, detail, _safer(table, column, context))


def _safer(table: QualifiedName, column: Column, context: Context) -> str:
    text = column_text(context)
    if text is None or column.primary_key:
        return ""
    plain = f"{text.without('CONSTR_NOTNULL')}\n-- fill the rows that are there, in batches"
    return parted(plain, not_null_later(table, column.name))


RULE = Rule(
    name="add-column-not-null-no-default",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=60,
    harm=(
        "The statement fails as soon as the table has a single row; on an empty one, the running "
        "application's inserts fail."
    ),
    remedy=(
        "Give it a constant default, or add it as nullable, fill it in batches, and set NOT NULL by way of a CHECK."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN country text NOT NULL;",
    safe="ALTER TABLE users ADD COLUMN country text NOT NULL DEFAULT 'unknown';",
    check=OnActions((act.AddColumn,), _find),
)
