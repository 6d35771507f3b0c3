"""A new column with a foreign key and a default, which has to be looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.remedies.rewritten import column_text, made_up, validate
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if column.default is not None and context.live(table):
            for made in column.constraints:
                if made.kind is not ConstraintKind.FOREIGN_KEY or not made.enforced:
                    continue
                if column.default.is_null:  # a written DEFAULT is enough for the check, whatever it is
                    detail = f"every row of {table} is read for the foreign key; without DEFAULT NULL none is"
                    yield Hit(table, detail, _without_default(context))
                else:
                    detail = f"the default of every row of {table} is looked up in {made.referenced}"
                    yield Hit(table, detail, _safer(table, made, context))


def _without_default(context: Context) -> str:
    text = column_text(context)
    return text.without("CONSTR_DEFAULT") if text is not None else ""


def _safer(table: QualifiedName, made: Constraint, context: Context) -> str:
    text = column_text(context)
    key = text.of("CONSTR_FOREIGN") if text is not None else ""
    if text is None or (made.name and "references" in made.name.lower()):
        return ""
    name = made.name or made_up(table, made.columns, "fkey")
    references = key[key.upper().index("REFERENCES") :]
    columns = ", ".join(quoted(column) for column in made.columns)
    added = f"ALTER TABLE {table} ADD CONSTRAINT {quoted(name)} FOREIGN KEY ({columns}) {references} NOT VALID;"
    return parted(f"{text.without('CONSTR_FOREIGN')}\n{added}", validate(table, name))


RULE = Rule(
    name="add-column-inline-fk",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    scaled=True,
    harm="Both tables are read in full: reads and writes of the one, and writes to the other, wait.",
    remedy=(
        "Add the column first, then the foreign key as NOT VALID, and validate that in a later "
        "transaction. A nullable column without a default needs none of this: nothing is looked up."
    ),
    before="CREATE TABLE plans (id int PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN plan_id int DEFAULT 1 REFERENCES plans (id);",
    safe="""
ALTER TABLE users ADD COLUMN plan_id int REFERENCES plans (id);
-- next migration
CREATE INDEX CONCURRENTLY users_plan_id_idx ON users (plan_id);
""",
    check=OnActions((act.AddColumn,), _find),
)
