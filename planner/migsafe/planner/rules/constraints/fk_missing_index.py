"""A foreign key whose columns no index begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.foreign_keys import made
from migsafe.planner.rules.clues.partitioned import partitioned
from migsafe.planner.rules.remedies.rewritten import made_up
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def _find(
    migrations: tuple[Judged, ...],
    state: SchemaState,
    context: Context,  # noqa: ARG001 - the signature of a check
) -> Iterator[tuple[Statement, Hit]]:
    for migration in migrations:
        new: set[QualifiedName] = set()
        for statement in migration.statements:
            new |= {action.name for action in statement.actions if isinstance(action, act.CreateTable)}
            for table, key in (pair for action in statement.actions for pair in made(action)):
                if _stands(table, key, state) and not _indexed(table, key, state):
                    safer = "" if partitioned(state, table) else _safer(table, key, statement, new)
                    yield statement, Hit(table, f"no index of {table} begins with {', '.join(key.columns)}", safer)


def _stands(table: QualifiedName, key: Constraint, state: SchemaState) -> bool:
    """Whether the key is there at the end, on a table whose columns are known."""
    known = state.table(table)
    if known is None or not set(key.columns) <= known.columns.keys():
        return False
    return any(
        each.kind is ConstraintKind.FOREIGN_KEY and each.columns == key.columns for each in known.constraints.values()
    )


_FINDS_EQUAL = {"btree", "hash"}


def _indexed(table: QualifiedName, key: Constraint, state: SchemaState) -> bool:
    wanted = set(key.columns)
    return any(
        wanted == set(index.columns[: len(wanted)]) or not index.columns
        for index in state.indexes_of(table).values()
        if index.method in _FINDS_EQUAL and (index.predicate is None or set(index.predicate.columns) <= wanted)
    )


def _safer(table: QualifiedName, key: Constraint, statement: Statement, new: set[QualifiedName]) -> str:
    columns = ", ".join(quoted(column) for column in key.columns)
    name, whole = quoted(made_up(table, key.columns, "idx")), f"{statement.sql};"
    if table in new:
        return f"{whole}\nCREATE INDEX {name} ON {table} ({columns});"
    index = f"CREATE INDEX CONCURRENTLY {name} ON {table} ({columns});"
    adds_column = any(isinstance(action, act.AddColumn) for action in statement.actions)
    return parted(whole, index) if adds_column else parted(index, whole)


RULE = Rule(
    name="fk-missing-index",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=10,
    scaled=True,
    harm=(
        "Each deleted row of the referenced table, and each change of its key, reads the whole referring "
        "table to look for rows that refer to it."
    ),
    remedy="Build an index on the columns of the foreign key, CONCURRENTLY if the table is in use.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);
""",
    unsafe="ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
    safe="""
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
-- next migration
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- next migration
ALTER TABLE orders VALIDATE CONSTRAINT of_user;
""",
    check=OnSet(_find),
)
