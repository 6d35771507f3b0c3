"""A foreign key that is checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddConstraint(table=table, constraint=made) if context.live(table):
            if made.kind is ConstraintKind.FOREIGN_KEY and made.enforced and not made.not_valid:
                yield Hit(table, f"every row of {table} is looked up in {made.referenced} while writes to both wait")
        case act.AddColumn(table=table, column=column) if column.default is not None and context.live(table):
            for made in column.constraints:
                if made.kind is ConstraintKind.FOREIGN_KEY and not column.default.is_null:
                    yield Hit(table, f"the default of every row of {table} is looked up in {made.referenced}")


RULE = Rule(
    name="add-fk-valid",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    scaled=True,
    harm="Both tables are read in full while writes to either wait.",
    remedy=(
        "Add it NOT VALID, which checks new rows only, and VALIDATE it in a later transaction, which lets writes pass."
    ),
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id);",
    safe="""
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;
""",
    check=OnActions((act.AddConstraint, act.AddColumn), _find),
)
