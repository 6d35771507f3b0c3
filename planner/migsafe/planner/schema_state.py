"""What the plan knows of tables, columns, constraints and indexes at one moment of its walk over the statements."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.schemas.names import QualifiedName, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.actions.constraints import ConstraintKind
    from migsafe.planner.actions.typename import TypeName
    from migsafe.schemas.target import RelationFacts

FEW_ROWS = 1_000
"""Rows of VALUES that a new table may be given and still count as empty: scanning them takes no time."""


@dataclass(slots=True)
class ColumnState:
    """A column, as far as statements or the target told of it."""

    type: TypeName | None
    not_null: bool


@dataclass(slots=True)
class ConstraintState:
    """A constraint of a table."""

    kind: ConstraintKind
    columns: tuple[str, ...]
    referenced: QualifiedName | None = None
    valid: bool = True
    proves_not_null: str | None = None
    """The column of a CHECK (column IS NOT NULL)."""


@dataclass(slots=True)
class TableState:
    """A table, view or materialized view."""

    kind: str = "table"
    created: bool = False
    """The plan made it."""
    committed: bool = True
    """The transaction that made it has ended, so that others can see it."""
    filled: bool = False
    """It was made by the plan and then given rows by a query or COPY."""
    moved: bool = False
    """The running transaction gave it its name."""
    rows: int | None = None
    bytes: int | None = None
    row_security: bool | None = None
    columns: dict[str, ColumnState] = field(default_factory=dict)
    constraints: dict[str, ConstraintState] = field(default_factory=dict)
    policies: set[str] = field(default_factory=set)

    @property
    def live(self) -> bool:
        """Whether sessions may be waiting for it: it was there before, or was filled and then committed."""
        return not self.created or (self.filled and self.committed)


@dataclass(slots=True)
class SchemaState:
    """The state before one statement. `carry.advance` changes it in place; `copy` it to keep a moment."""

    tables: dict[QualifiedName, TableState] = field(default_factory=dict)
    indexes: dict[QualifiedName, QualifiedName] = field(default_factory=dict)
    """The table of each index that is known."""
    created_schemas: set[str] = field(default_factory=set)
    complete: frozenset[str] = frozenset()
    """Schemas of which every relation of the target is in `tables`; empty where there is no target."""
    gone: set[QualifiedName] = field(default_factory=set)
    """Relations that the plan dropped or renamed away."""
    search_path: str = "public"
    """The schema of unqualified names."""
    row_security_unread: bool = False
    """A code block speaks of row level security in words that were not analysed."""

    made: list[TableState] = field(default_factory=list)
    """What the plan made and nobody uses yet."""

    def put(self, name: QualifiedName, table: TableState) -> None:
        """Know a relation by this name."""
        full = self.qualified(name)
        self.tables[full] = table
        self.gone.discard(full)
        if table.created:
            self.made.append(table)

    def copy(self) -> SchemaState:
        """A state of its own, equal to this one."""
        return copy.deepcopy(self)

    def qualified(self, name: QualifiedName) -> QualifiedName:
        """The name with its schema: its own, or that of unqualified names."""
        return name if name.schema is not None else QualifiedName(name.name, self.search_path)

    def table(self, name: QualifiedName) -> TableState | None:
        """What is known of a relation."""
        return self.tables.get(self.qualified(name))

    def exists(self, name: QualifiedName) -> bool | None:
        """Whether the relation is there; None where nobody can tell."""
        full = self.qualified(name)
        if full in self.tables:
            return True
        return False if full in self.gone or full.schema in self.complete else None

    def live(self, name: QualifiedName) -> bool:
        """Whether sessions may be waiting for the relation; one of which nothing is known counts as live."""
        known = self.table(name)
        return known.live if known is not None else self.exists(name) is not False

    def is_new(self, name: QualifiedName) -> bool:
        """Whether the plan made the relation and nobody can be waiting for it."""
        known = self.table(name)
        return known is not None and not known.live

    def column(self, table: QualifiedName, column: str) -> ColumnState | None:
        """What is known of a column."""
        known = self.table(table)
        return known.columns.get(column) if known is not None else None

    def constraint(self, table: QualifiedName, name: str) -> ConstraintState | None:
        """What is known of a constraint."""
        known = self.table(table)
        return known.constraints.get(name) if known is not None else None

    def references(self, table: QualifiedName) -> tuple[QualifiedName, ...]:
        """The other tables that its known foreign keys refer to, each once."""
        known = self.table(table)
        found = known.constraints.values() if known is not None else ()
        named = (each.referenced for each in found if each.referenced is not None)
        return tuple(name for name in dict.fromkeys(named) if name != self.qualified(table))

    def proven_not_null(self, table: QualifiedName, column: str) -> bool:
        """Whether the column is NOT NULL already, or a valid CHECK says so: then SET NOT NULL reads nothing."""
        known = self.table(table)
        if known is None:
            return False
        found = known.columns.get(column)
        return (found is not None and found.not_null) or any(
            each.valid and each.proves_not_null == column for each in known.constraints.values()
        )

    def table_of_index(self, index: QualifiedName) -> QualifiedName | None:
        """The table of an index, where it is known."""
        return self.indexes.get(self.qualified(index))

    def settle(self) -> None:
        """Take everything that the plan made so far for something that was there before and is in use."""
        self.created_schemas.clear()
        for each in self.made:
            each.created = each.filled = each.moved = False
            each.committed = True
        self.made.clear()

    def commit(self) -> None:
        """The transaction has ended: others see what it made."""
        for each in self.made:
            each.committed, each.moved = True, False


def of_target(relations: Iterable[RelationFacts], schemas: Iterable[str]) -> SchemaState:
    """The state of a target before the plan: its relations, which are all that there are in `schemas`."""
    state = SchemaState(complete=frozenset(schemas))
    for facts in relations:
        if facts.kind in {"index", "sequence"}:
            continue
        rows = facts.rows if facts.rows >= 0 else None
        state.tables[parsed(facts.relation)] = TableState(
            facts.kind, rows=rows, bytes=facts.bytes, row_security=facts.row_security
        )
    return state


def with_history(state: SchemaState, history: SchemaState) -> SchemaState:
    """`state` with the columns, constraints and indexes of `history`, which the applied migrations tell of.

    Sizes and row level security stay as the target has them; tables that the target lacks are left out.
    """
    merged = state.copy()
    for name, told in history.tables.items():
        known = merged.tables.get(name)
        if known is not None:
            known.columns, known.constraints = copy.deepcopy(told.columns), copy.deepcopy(told.constraints)
    merged.indexes |= {index: table for index, table in history.indexes.items() if table in merged.tables}
    return merged
