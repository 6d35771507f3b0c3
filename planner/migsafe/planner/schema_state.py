"""What the plan knows of tables, columns, constraints and indexes at one moment of its walk over the statements."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner.state_objects import (
    ColumnState,
    ConstraintState,
    FunctionState,
    IndexState,
    PolicyState,
    PublicationState,
    TableState,
    TriggerState,
    TypeState,
)
from migsafe.planner.users import User, users_of
from migsafe.schemas.names import QualifiedName, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.actions.typename import TypeName
    from migsafe.schemas.target import RelationFacts

__all__ = [
    "FEW_ROWS",
    "ColumnState",
    "ConstraintState",
    "FunctionState",
    "IndexState",
    "PolicyState",
    "PublicationState",
    "SchemaState",
    "TableState",
    "TriggerState",
    "TypeState",
    "User",
    "of_target",
    "with_history",
]

FEW_ROWS = 1_000
"""Rows of VALUES that a new table may be given and still count as empty: scanning them takes no time."""


@dataclass(slots=True)
class SchemaState:
    """The state before one statement. `carry.advance` changes it in place; `copy` it to keep a moment."""

    tables: dict[QualifiedName, TableState] = field(default_factory=dict)
    indexes: dict[QualifiedName, IndexState] = field(default_factory=dict)
    functions: dict[QualifiedName, tuple[FunctionState, ...]] = field(default_factory=dict)
    """The overloads of each function or procedure that is known."""
    types: dict[QualifiedName, TypeState] = field(default_factory=dict)
    extensions: dict[str, str | None] = field(default_factory=dict)
    """The schema of each extension, where it is known."""
    publications: dict[str, PublicationState] = field(default_factory=dict)
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
        made = copy.copy(self)
        twins = {id(table): table.copy() for table in (*self.tables.values(), *self.made)}
        made.tables = {name: twins[id(table)] for name, table in self.tables.items()}
        made.made = [twins[id(table)] for table in self.made]
        for name in ("indexes", "functions", "types", "extensions", "publications", "created_schemas", "gone"):
            setattr(made, name, copy.copy(getattr(self, name)))
        return made

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
        known = self.indexes.get(self.qualified(index))
        return known.table if known is not None else None

    def indexes_of(self, table: QualifiedName) -> dict[QualifiedName, IndexState]:
        """The known indexes of a table, those of its constraints too."""
        full = self.qualified(table)
        return {name: index for name, index in self.indexes.items() if index.table == full}

    def type_of(self, name: TypeName) -> TypeState | None:
        """What is known of a type of the user's; arrays count as their element."""
        return self.types.get(self.qualified(name.qualified))

    def users_of(self, table: QualifiedName, column: str | None = None) -> tuple[User, ...]:
        """The views, policies, triggers, generated columns and foreign keys that need the relation, or the column.

        Of a view whose query names whole rows or is not known in full, every column counts as used.
        """
        return users_of(self, self.qualified(table), column)

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
            known.columns, known.constraints = dict(told.columns), dict(told.constraints)
            known.policies, known.triggers, known.granted = dict(told.policies), dict(told.triggers), dict(told.granted)
    merged.indexes |= {name: index for name, index in history.indexes.items() if index.table in merged.tables}
    merged.functions, merged.types = dict(history.functions), dict(history.types)
    merged.extensions, merged.publications = dict(history.extensions), dict(history.publications)
    return merged
