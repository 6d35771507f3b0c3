"""A change of type on one side of a foreign key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.foreign_keys import primary_key
from migsafe.planner.rules.clues.retyping import rewrites
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column) if context.live(table) and rewrites(action, context):
            for name, other in _keys(table, column, context):
                if context.live(other):
                    yield Hit(other, f"reads and writes of {other} wait too, because {name} of {table} is made anew")


def _keys(table: QualifiedName, column: str, context: Context) -> Iterator[tuple[str, QualifiedName]]:
    """The foreign keys on both sides of the column, each with the other table."""
    known = context.state.table(table)
    for name, made in known.constraints.items() if known is not None else ():
        if made.referenced is not None and column in made.columns:
            yield name, made.referenced
    primary = primary_key(known)
    for user in context.state.users_of(table, column):
        key = context.state.constraint(user.table, user.name) if user.kind == "foreign key" else None
        if key is not None and column in (key.referenced_columns or primary):
            yield user.name, user.table


RULE = Rule(
    name="alter-column-type-with-fk",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=40,
    scaled=True,
    harm="The foreign key is made anew with the column: reads and writes of both tables wait for the whole rewrite.",
    remedy=(
        "Add a column of the new type with a foreign key of its own, NOT VALID and validated later, copy the "
        "values in batches, and swap the two a release later. Or drop the foreign key in a migration before, "
        "which takes a moment, and add it anew after the change."
    ),
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (user_id int CONSTRAINT of_user REFERENCES users);
""",
    unsafe="ALTER TABLE orders ALTER COLUMN user_id TYPE bigint;",
    safe="""
ALTER TABLE orders ADD COLUMN user_id_new bigint;
-- next migration
CREATE INDEX CONCURRENTLY orders_user_id_new_idx ON orders (user_id_new);
-- next migration
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT of_new_user FOREIGN KEY (user_id_new) REFERENCES users NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT of_new_user;
""",
    check=OnActions((act.AlterColumnType,), _find),
)
