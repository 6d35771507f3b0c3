"""What stands at the other end: keys, views, sequences, partitions and columns that need a relation or a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migsafe.planner.schema_state.state import SchemaState
    from migsafe.schemas.names import QualifiedName


def columns_of_type(state: SchemaState, name: QualifiedName) -> tuple[tuple[QualifiedName, str], ...]:
    """The known columns of a type of the user's, also of arrays of it, as table and column."""
    return tuple(
        (table, column)
        for table, known in state.with_type(name.name)
        for column, each in known.columns.items()
        if each.type is not None and each.type.name == name.name and state.type_name(each.type.qualified) == name
    )


def referencing(state: SchemaState, table: QualifiedName, column: str | None = None) -> tuple[QualifiedName, ...]:
    """The other tables whose known foreign keys refer to the table, or to its column, each once."""
    full = state.qualified(table)
    return tuple(
        name
        for name, other in state.referring(full)
        if name != full
        and any(
            each.referenced == full
            and (column is None or not each.referenced_columns or column in each.referenced_columns)
            for each in other.constraints.values()
        )
    )


def views_on(state: SchemaState, relation: QualifiedName, column: str | None = None) -> tuple[QualifiedName, ...]:
    """The views that read the relation, or its column, directly or through others, each once."""
    found: dict[QualifiedName, None] = {}
    waiting = [(state.qualified(relation), column)]
    while waiting:
        source, needed = waiting.pop()
        for name, other in state.referring(source):
            if source not in other.sources or name in found:
                continue
            if needed is None or other.source_columns is None or needed in other.source_columns:
                found[name] = None
                waiting.append((name, None))
    return tuple(found)


def sequences_of(state: SchemaState, table: QualifiedName, column: str | None = None) -> tuple[QualifiedName, ...]:
    """The sequences that go with a table, or with its column."""
    full = state.qualified(table)
    return tuple(name for name, each in state.sequences.items() if each.table == full and column in {None, each.column})


def default_partition(state: SchemaState, parent: QualifiedName) -> QualifiedName | None:
    """The DEFAULT partition of a partitioned table, where it is known."""
    for name in state.heirs.get(state.qualified(parent), ()):
        if (known := state.tables.get(name)) is not None and known.partition_bound_default:
            return name
    return None
