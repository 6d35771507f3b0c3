"""A CHECK that is tried on every row at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.remedies.rewritten import made_up, valid_later
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(table=table, constraint=made) if context.live(table):
            if made.kind is ConstraintKind.CHECK and made.enforced and not made.not_valid:
                detail = f"every row of {table} is checked while reads and writes wait"
                name = made.name or made_up(table, made.columns, "check")
                yield Hit(table, detail, valid_later(context, table, made, name))


RULE = Rule(
    name="add-check-valid",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=30,
    scaled=True,
    harm="The whole table is read while reads and writes wait; one row that fails the check makes it fail.",
    remedy=(
        "Add it NOT VALID, which checks new rows only, and VALIDATE it in a later transaction, which "
        "lets reads and writes pass."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int);",
    unsafe="ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0);",
    safe="""
ALTER TABLE orders ADD CONSTRAINT orders_total_positive CHECK (total >= 0) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT orders_total_positive;
""",
    check=OnActions((act.AddConstraint,), _find),
)
