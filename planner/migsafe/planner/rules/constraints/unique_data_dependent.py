"""A unique index on rows that may hold duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import IndexState


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(table=table, unique=True, columns=columns) if context.live(table):
            names = {column.name for column in columns if column.name is not None}
            if not any(_covers(index, names) for index in context.state.indexes_of(table).values()):
                left = ", and leave an invalid index behind" if action.concurrently else ""
                keys = ", ".join(column.name or "an expression" for column in columns)
                yield Hit(table, f"duplicates of {keys} in {table} make it fail{left}")


def _covers(index: IndexState, names: set[str]) -> bool:
    """Whether a unique index on fewer columns says already that there are no duplicates."""
    keys = {column for column in index.columns if column is not None}
    plain = index.predicate is None and len(keys) == len(index.columns) and bool(keys)
    return index.unique and index.valid and plain and keys <= names


RULE = Rule(
    name="unique-data-dependent",
    severity=Severity.NOTICE,
    dimension=Dimension.FAILURE,
    points=10,
    harm="Rows that are there may hold duplicates: then the migration fails in the middle of a deployment.",
    remedy="Count the duplicates first, and mend them in a migration before this one.",
    before="CREATE TABLE users (id bigint PRIMARY KEY, email text);",
    unsafe="CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);",
    safe="CREATE UNIQUE INDEX CONCURRENTLY users_id_email_key ON users (id, email);",
    check=OnActions((act.CreateIndex,), _find),
)
