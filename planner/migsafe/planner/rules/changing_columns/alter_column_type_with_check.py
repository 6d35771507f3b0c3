"""A change of type that is free, but for the CHECK constraints that are tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.retyping import rewrites
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column) if context.live(table):
            known = context.state.table(table)
            if known is None or rewrites(action, context):
                return
            for name, made in known.constraints.items():
                if made.kind is ConstraintKind.CHECK and made.valid and made.enforced and column in made.columns:
                    yield Hit(table, f"{name} is tried on every row of {table} although the rows stay as they are")


RULE = Rule(
    name="alter-column-type-with-check",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=25,
    scaled=True,
    harm=(
        "The type changes in the catalog alone, but the CHECK on the column is made anew: the whole "
        "table is read while reads and writes wait."
    ),
    remedy=(
        "Drop the CHECK, change the type and add the CHECK as NOT VALID in one migration, and validate it in the next."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20) CONSTRAINT name_given CHECK (name <> ''));",
    unsafe="ALTER TABLE users ALTER COLUMN name TYPE text;",
    safe="""
ALTER TABLE users DROP CONSTRAINT name_given;
ALTER TABLE users ALTER COLUMN name TYPE text;
ALTER TABLE users ADD CONSTRAINT name_given CHECK (name <> '') NOT VALID;
-- next migration
ALTER TABLE users VALIDATE CONSTRAINT name_given;
""",
    check=OnActions((act.AlterColumnType,), _find),
)
