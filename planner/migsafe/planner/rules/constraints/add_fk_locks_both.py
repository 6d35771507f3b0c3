"""A foreign key that has to lock a second table in use, if only for a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import before, this_sql
from migsafe.planner.rules.clues.foreign_keys import MAKERS, made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


_LARGE = 1_000_000_000
"""Bytes from which a referenced table counts as busy where nothing else is known of it."""


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, key in made(action):
        other = key.referenced
        if other is None or context.state.qualified(other) == context.state.qualified(table):
            continue
        if context.live(other) and _felt(action, key, other, context) and not _patient(context):
            yield Hit(other, f"writes to {other} wait while {table} gets its foreign key", _safer(context))


def _felt(action: act.Action, key: Constraint, other: QualifiedName, context: Context) -> bool:
    """Whether it is worth a word: two tables in use, or a new table that refers to a large one.

    Of a key that is checked at once, add-fk-valid speaks already.
    """
    if isinstance(action, act.AddConstraint) and context.live(action.table):
        return key.not_valid
    known = context.state.table(other)
    return known is not None and (known.bytes or 0) >= _LARGE


def _patient(context: Context) -> bool:
    """Whether the migration says how long it will wait for locks: then the queue behind it is short."""
    return any(isinstance(each, act.SetVariable) and each.name == "lock_timeout" for each in before(context))


def _safer(context: Context) -> str:
    sql = this_sql(context)
    return f"SET LOCAL lock_timeout = '2s';\n{sql};" if sql else ""


RULE = Rule(
    name="add-fk-locks-both",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=10,
    harm=(
        "Both tables are locked against writes (SHARE ROW EXCLUSIVE). Nothing is read, so that it takes "
        "a moment; but while it waits for a long transaction on either table, every write to them waits "
        "behind it."
    ),
    remedy="Set a lock_timeout and try again until it succeeds.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    unsafe="ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT of_user;
""",
    check=OnActions(MAKERS, _find),
)
