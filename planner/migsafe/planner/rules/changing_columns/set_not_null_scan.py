"""SET NOT NULL without a CHECK that proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.around import only_act
from migsafe.planner.rules.remedies.rewritten import not_null_later
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.SetNotNull(table=table, column=column) if context.live(table):
            yield from _scan(table, column, context)
        case act.AddConstraint(table=table, constraint=made) if context.live(table):
            if made.kind is ConstraintKind.NOT_NULL and not made.not_valid:
                yield from _scan(table, made.columns[0], context)


def _scan(table: QualifiedName, column: str, context: Context) -> Iterator[Hit]:
    if not context.state.proven_not_null(table, column):
        safer = not_null_later(table, column) if only_act(context) else ""
        yield Hit(table, f"every row of {table} is read to see that {column} has no NULL", safer)


RULE = Rule(
    name="set-not-null-scan",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=25,
    scaled=True,
    harm="The whole table is read while reads and writes wait; a single NULL makes it fail.",
    remedy=(
        "Add CHECK (column IS NOT NULL) NOT VALID, validate it in another transaction, then SET NOT "
        "NULL, which then reads nothing."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text);",
    unsafe="ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
    safe="""
ALTER TABLE users ADD CONSTRAINT users_email_set CHECK (email IS NOT NULL) NOT VALID;
-- next migration
ALTER TABLE users VALIDATE CONSTRAINT users_email_set;
-- next migration
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_email_set;
""",
    check=OnActions((act.SetNotNull, act.AddConstraint), _find),
)
