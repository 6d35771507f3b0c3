"""A change of how a foreign key is checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterConstraint(table=table, name=name, enforced=enforced) if context.live(table):
            known = context.state.constraint(table, name)
            if enforced:
                yield Hit(table, f"every row of {table} is looked up when {name} is enforced")
            elif enforced is None and not (known is not None and known.deferrable == action.deferrable):
                when = "at the end of a transaction" if action.deferrable else "at each statement"
                yield Hit(table, f"{name} of {table} may be checked {when} from now on")


RULE = Rule(
    name="alter-constraint",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=8,
    harm=(
        "Reads and writes wait for a moment. Violations may show at COMMIT in place of the statement, or "
        "the other way round: code that expects the error in one place meets it in another."
    ),
    remedy="Deploy code that can bear the error in either place, and set a lock_timeout.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users;
""",
    unsafe="ALTER TABLE orders ALTER CONSTRAINT of_user DEFERRABLE INITIALLY DEFERRED;",
    safe="CREATE TABLE notes (user_id bigint PRIMARY KEY REFERENCES users DEFERRABLE);",
    check=OnActions((act.AlterConstraint,), _find),
)
