"""What a new table takes over from another: as a child, as a partition, or by LIKE."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.carrying.columns import own_sequence
from migsafe.planner.carrying.constraints import made_up
from migsafe.planner.schema_state import ColumnState
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.schema_state import IndexState, SchemaState, TableState

_SUFFIXES = {ConstraintKind.PRIMARY_KEY: "pkey", ConstraintKind.UNIQUE: "key", ConstraintKind.EXCLUDE: "excl"}


def from_parent(state: SchemaState, made: TableState, parent: QualifiedName) -> None:
    """The columns of a parent, an identity without its sequence, and the CHECKs that children have."""
    if (known := state.table(parent)) is None:
        return
    for name, each in known.columns.items():
        bare = ColumnState(each.type, each.not_null, collation=each.collation)
        made.columns[name] = bare if each.identity else each
    if made.kind in {"table", "partitioned table"}:
        made.constraints |= {
            name: each
            for name, each in known.constraints.items()
            if each.kind is ConstraintKind.CHECK and not each.no_inherit
        }


def by_like(state: SchemaState, name: QualifiedName, source: QualifiedName, including: frozenset[str]) -> None:
    """Types and NOT NULL of the columns, and what INCLUDING names. Foreign keys, triggers and rights never come."""
    known, made = state.table(source), state.change(name)
    if known is None or made is None:
        return
    for column, each in known.columns.items():
        made.columns[column] = ColumnState(
            each.type,
            each.not_null,
            each.default if ("generated" if each.generated else "defaults") in including else None,
            each.generated if "generated" in including else "",
            each.identity if "identity" in including else "",
            each.collation,
        )
        if made.columns[column].identity:
            own_sequence(state, name, column)
    if "constraints" in including:
        checks = {key: each for key, each in known.constraints.items() if each.kind is ConstraintKind.CHECK}
        made.constraints |= checks
    if "indexes" in including:
        copy_indexes(state, state.qualified(source), name)


def copy_indexes(state: SchemaState, source: QualifiedName, name: QualifiedName) -> None:
    """The indexes of a table for another one, with the keys that own them, by names that PostgreSQL makes up."""
    known, made = state.tables.get(source), state.change(name)
    if known is None or made is None:
        return
    for index in list(state.indexes.of(source).values()):
        owner = known.constraints.get(index.constraint) if index.constraint is not None else None
        suffix = _SUFFIXES.get(owner.kind, "idx") if owner is not None else "idx"
        full = next(each for each in _names(name, index, suffix) if each not in state.indexes)
        constraint = full.name if owner is not None else None
        state.indexes[full] = replace(index, table=name, constraint=constraint, created=True)
        if owner is not None:
            made.constraints[full.name] = owner


def _names(table: QualifiedName, index: IndexState, suffix: str) -> Iterator[QualifiedName]:
    words = index.words or tuple(column or "expr" for column in index.columns)
    name = made_up(table.name, "" if suffix == "pkey" else "_".join(words), suffix)
    return (QualifiedName(f"{name}{number or ''}", table.schema) for number in range(1000))
