"""Partitioned tables, as far as the state knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def partitioned(state: SchemaState, table: QualifiedName) -> bool:
    """Whether the table is known to be partitioned."""
    known = state.table(table)
    return known is not None and known.kind == "partitioned table"


def partitions(state: SchemaState, parent: QualifiedName) -> tuple[QualifiedName, ...]:
    """The known partitions of a table."""
    full = state.qualified(parent)
    return tuple(name for name, table in state.tables.items() if table.partition_of == full)


def default_partition(state: SchemaState, parent: QualifiedName) -> QualifiedName | None:
    """The DEFAULT partition of a table, where it is known to have one."""
    found = (name for name in partitions(state, parent) if state.tables[name].partition_bound_default)
    return next(found, None)
