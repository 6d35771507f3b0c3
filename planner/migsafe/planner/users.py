"""What needs a relation or a column: the views, policies, triggers, generated columns and foreign keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.schema_state import SchemaState, TableState
    from migsafe.schemas.names import QualifiedName


@dataclass(frozen=True, slots=True)
class User:
    """One object that stops working, or stops the change, when what it needs goes."""

    kind: str
    """`view`, `materialized view`, `policy`, `trigger`, `generated column`, `foreign key`."""
    name: str
    """The view, or the policy, trigger, column or constraint."""
    table: QualifiedName
    """The relation that it stands on; of a view itself."""


def users_of(state: SchemaState, table: QualifiedName, column: str | None) -> tuple[User, ...]:
    """See SchemaState.users_of; `table` is qualified."""
    found = [*_views(state, table, column), *_keys(state, table, column)]
    known = state.tables.get(table)
    if known is not None:
        found.extend(_own(known, table, column))
    return tuple(found)


def _views(state: SchemaState, table: QualifiedName, column: str | None) -> Iterator[User]:
    for name, other in state.referring(table):
        if table in other.sources:
            named = other.source_columns
            if column is None or named is None or column in named:
                yield User(other.kind, name.name, name)


def _keys(state: SchemaState, table: QualifiedName, column: str | None) -> Iterator[User]:
    for name, other in state.referring(table):
        for key, constraint in other.constraints.items():
            if constraint.referenced != table or name == table:
                continue
            if column is None or not constraint.referenced_columns or column in constraint.referenced_columns:
                yield User("foreign key", key, name)


def _own(known: TableState, table: QualifiedName, column: str | None) -> Iterator[User]:
    if column is None:
        return
    for name, policy in known.policies.items():
        conditions = (each for each in (policy.using, policy.with_check) if each is not None)
        if any(column in condition.columns for condition in conditions):
            yield User("policy", name, table)
    for name, trigger in known.triggers.items():
        if column in trigger.columns:
            yield User("trigger", name, table)
    for name, other in known.columns.items():
        if other.generated and other.default is not None and column in other.default.columns:
            yield User("generated column", name, table)
