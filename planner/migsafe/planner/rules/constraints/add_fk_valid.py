"""A foreign key that is checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.partitioned import partitioned
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
            if made.kind is ConstraintKind.FOREIGN_KEY and made.enforced and not made.not_valid:
                name = made.name or made_up(table, made.columns, "fkey")
                safer = "" if partitioned(context.state, table) else valid_later(context, table, made, name)
                detail = f"every row of {table} is looked up in {made.referenced} while writes to both wait"
                yield Hit(table, detail, safer)


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
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    unsafe="ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id);",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;
""",
    check=OnActions((act.AddConstraint,), _find),
)
