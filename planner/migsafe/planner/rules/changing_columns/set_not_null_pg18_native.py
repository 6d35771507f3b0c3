"""A CHECK in place of the NOT NULL that PostgreSQL 18 can add unvalidated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import only_act
from migsafe.planner.rules.remedies.rewritten import made_up, tested_not_null, validate
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if context.major is None:
        return
    match action:
        case act.AddConstraint(table=table, constraint=made) if made.not_valid and context.live(table):
            if column := tested_not_null(made):
                detail = f"{table}.{column} can be NOT NULL NOT VALID without a CHECK"
                yield Hit(table, detail, _safer(table, column, context))


def _safer(table: QualifiedName, column: str, context: Context) -> str:
    if not only_act(context):
        return ""
    name = made_up(table, (column,), "not_null")
    added = f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} NOT NULL {quoted(column)} NOT VALID;"
    return parted(added, validate(table, name))


RULE = Rule(
    name="set-not-null-pg18-native",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=0,
    harm="The CHECK does the job, but takes two more statements and has to be dropped afterwards.",
    remedy=("Add NOT NULL as NOT VALID and validate it in a later transaction: PostgreSQL 18 can do so by itself."),
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text);",
    unsafe="ALTER TABLE users ADD CONSTRAINT users_email_set CHECK (email IS NOT NULL) NOT VALID;",
    safe="""
ALTER TABLE users ADD CONSTRAINT users_email_set NOT NULL email NOT VALID;
-- next migration
ALTER TABLE users VALIDATE CONSTRAINT users_email_set;
""",
    check=OnActions((act.AddConstraint,), _find),
    since=18,
)
