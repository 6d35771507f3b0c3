"""Partitioned tables, as far as the state knows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind

if TYPE_CHECKING:
    from migsafe.planner.schema_state import ConstraintState, SchemaState
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


def vouched_for(state: SchemaState, table: QualifiedName) -> bool:
    """Whether the table has a valid CHECK, which may prove its bounds: that it does is for the server to see."""
    known = state.table(table)
    found = known.constraints.values() if known is not None else ()
    return any(each.kind is ConstraintKind.CHECK and each.valid and not _not_null_only(each) for each in found)


def _not_null_only(check: ConstraintState) -> bool:
    return check.expression is not None and "NullTest" in check.expression.node


_RANGE = re.compile(r"FOR\s+VALUES\s+FROM\s*\(([^(),]+)\)\s*TO\s*\(([^(),]+)\)\s*\Z", re.IGNORECASE)
_LIST = re.compile(r"FOR\s+VALUES\s+IN\s*\(([^()]+)\)\s*\Z", re.IGNORECASE)


def bound_as_condition(sql: str, column: str) -> str:
    """The FOR VALUES that ends a statement as a condition on the only column of the key; empty where it is not plain.

    A hash bound cannot be written so, and a NULL in a list is left to the reader.
    """
    if found := _RANGE.search(sql):
        low, high = (part.strip() for part in found.groups())
        least = [] if low.upper() == "MINVALUE" else [f"{column} >= {low}"]
        most = [] if high.upper() == "MAXVALUE" else [f"{column} < {high}"]
        return " AND ".join([f"{column} IS NOT NULL", *least, *most])
    if (found := _LIST.search(sql)) and not re.search(r"\bNULL\b", found.group(1), re.IGNORECASE):
        return f"{column} IS NOT NULL AND {column} IN ({found.group(1).strip()})"
    return ""
