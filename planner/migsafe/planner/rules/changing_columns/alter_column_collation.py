"""A new collation for a column with indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.retyping import rewrites
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if not isinstance(action, act.AlterColumnType) or action.collation is None:
        return
    table, column, collation = action.table, action.column, action.collation
    known = context.state.column(table, column)
    same = known is not None and known.collation == collation
    if same or not context.live(table) or rewrites(action, context):
        return
    indexes = [name.name for name, index in context.state.indexes_of(table).items() if column in index.columns]
    if indexes:
        yield Hit(table, f"{', '.join(indexes)} is built anew for the collation of {table}.{column}")


RULE = Rule(
    name="alter-column-collation",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=35,
    scaled=True,
    harm=("The rows stay, but every index on the column is built anew while reads and writes of the table wait."),
    remedy=(
        "Add a column with the new collation, fill it in batches and index it CONCURRENTLY; or build an "
        "index with that COLLATE in its key and name the collation in the queries."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, name text); CREATE INDEX users_name_idx ON users (name);",
    unsafe='ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C";',
    safe='CREATE INDEX CONCURRENTLY users_name_c_idx ON users (name COLLATE "C");',
    check=OnActions((act.AlterColumnType,), _find),
)
