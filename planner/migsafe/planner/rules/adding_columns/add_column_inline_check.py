"""A new column with a CHECK, which is tried on rows that cannot fail it."""

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
        case act.AddColumn(table=table, column=column) if context.live(table):
            checks = [made for made in column.constraints if made.kind is ConstraintKind.CHECK and made.enforced]
            if checks:
                detail = f"every row of {table} is checked although {column.name} is new in all of them"
                yield Hit(table, detail, _safer(table, checks, context))


def _safer(table: QualifiedName, checks: list[Constraint], context: Context) -> str:
    text = column_text(context)
    if text is None or len(checks) > 1:
        return ""
    name = checks[0].name or made_up(table, checks[0].columns, "check")
    named = "" if checks[0].name else f"CONSTRAINT {quoted(name)} "
    check = f"ALTER TABLE {table} ADD {named}{text.of('CONSTR_CHECK')} NOT VALID;"
    return parted(f"{text.without('CONSTR_CHECK')}\n{check}", validate(table, name))


RULE = Rule(
    name="add-column-inline-check",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm=("The whole table is read while reads and writes wait, even where the new column is empty in every row."),
    remedy=(
        "Add the column first, then the CHECK as NOT VALID, and validate that in a later transaction, "
        "which lets reads and writes pass."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE orders ADD COLUMN total int CHECK (total >= 0);",
    safe="""
ALTER TABLE orders ADD COLUMN total int;
ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
""",
    check=OnActions((act.AddColumn,), _find),
)
