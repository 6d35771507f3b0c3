"""A new column that is UNIQUE from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.remedies.rewritten import column_text, made_up, plain_key, unique_later
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if context.live(table):
            for made in column.constraints:
                if made.kind is ConstraintKind.UNIQUE:
                    detail = f"the unique index of {table}.{column.name} is built while reads and writes wait"
                    yield Hit(table, detail, _safer(table, made, context))


def _safer(table: QualifiedName, made: Constraint, context: Context) -> str:
    text = column_text(context)
    if text is None or not plain_key(context, table):
        return ""
    name = made.name or made_up(table, made.columns, "key")
    return parted(text.without("CONSTR_UNIQUE"), unique_later(table, made, name))


RULE = Rule(
    name="add-column-inline-unique",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=40,
    scaled=True,
    harm="The whole table is read and an index of it is built while reads and writes wait.",
    remedy=(
        "Add the column first. Build a unique index CONCURRENTLY in a migration of its own, and make it "
        "a constraint in a third."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN email text UNIQUE;",
    safe="""
ALTER TABLE users ADD COLUMN email text;
-- next migration
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
-- next migration
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
""",
    check=OnActions((act.AddColumn,), _find),
)
