"""The state of the schema at one moment of the walk over the statements."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migsafe.planner.schema_state import dependents
from migsafe.planner.schema_state.ends import Ends
from migsafe.planner.schema_state.indexes import Indexes
from migsafe.planner.users import User, users_of
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.state_objects import (
        ColumnState,
        ConstraintState,
        FunctionState,
        IndexState,
        PublicationState,
        SequenceState,
        TableState,
        TypeState,
    )

FEW_ROWS = 1_000
"""Rows of VALUES that a new table may be given and still count as empty: scanning them takes no time."""

TEMPORARY = "pg_temp"
"""The schema of temporary relations, which every search path begins with."""


@dataclass(slots=True)
class SchemaState:
    """The state before one statement. `carry.advance` changes it in place; `copy` it to keep a moment."""

    tables: dict[QualifiedName, TableState] = field(default_factory=dict)
    """To be changed through `put` and `change` only: a copy of the state shares them until then."""
    indexes: Indexes = field(default_factory=Indexes)
    sequences: dict[QualifiedName, SequenceState] = field(default_factory=dict)
    functions: dict[QualifiedName, tuple[FunctionState, ...]] = field(default_factory=dict)
    """The overloads of each function or procedure that is known."""
    types: dict[QualifiedName, TypeState] = field(default_factory=dict)
    extensions: dict[str, str | None] = field(default_factory=dict)
    """The schema of each extension, where it is known."""
    publications: dict[str, PublicationState] = field(default_factory=dict)
    heirs: dict[QualifiedName, tuple[QualifiedName, ...]] = field(default_factory=dict)
    """The partitions and inheriting tables that stand directly below each table that has any."""
    default_granted: dict[str | None, dict[str, frozenset[str]]] = field(default_factory=dict)
    """What tables made later come with, by schema (None: in any) and role."""
    default_revoked: frozenset[str] = frozenset()
    """Roles that may not execute functions made later; `public` stands for everybody's right."""
    created_schemas: set[str] = field(default_factory=set)
    complete: frozenset[str] = frozenset()
    """Schemas of which every relation of the target is in `tables`; empty where there is no target."""
    described: frozenset[str] = frozenset()
    """Schemas of which the target's catalog told everything, so that migrations have nothing to add."""
    gone: set[QualifiedName] = field(default_factory=set)
    """Relations that the plan dropped or renamed away."""
    path: tuple[str, ...] = ("public",)
    """The search path, without schemas that depend on the user; never empty."""
    time_zone: str | None = None
    """TimeZone of the session in lower case; None where nobody knows."""
    server_time_zone: str | None = None
    """TimeZone of a new session in lower case; None where nobody knows."""
    major: int | None = None
    """Major version of the server; None where nobody knows: then what is worst in any of 13 to 18 counts."""
    row_security_unread: bool = False
    """A code block speaks of row level security in words that were not analysed."""

    made: dict[QualifiedName, None] = field(default_factory=dict)
    """What the plan made or renamed since the state was settled, in order."""
    running: dict[QualifiedName, None] = field(default_factory=dict)
    """Of these what the running transaction made or renamed."""
    temporaries: bool = False
    """Some relation of `tables` is temporary."""
    ends: Ends | None = None
    """Who may refer to whom; made when it is first asked for."""
    touched: dict[QualifiedName, None] = field(default_factory=dict)
    """Tables that may have changed since `ends` was told."""
    own: set[QualifiedName] = field(default_factory=set)
    """The tables that no other state holds, so that they may be changed in place."""
    outer: tuple[tuple[str, ...], str | None] | None = None
    """`path` and `time_zone` as they are again after a transaction that changed them with SET LOCAL."""

    @property
    def search_path(self) -> str:
        """The schema in which unqualified names are made."""
        return self.path[0]

    @search_path.setter
    def search_path(self, schema: str) -> None:
        self.path = (schema,)

    def put(self, name: QualifiedName, table: TableState) -> None:
        """Know a relation by this name; without a schema it is one of those in which names are made."""
        full = name if name.schema is not None else QualifiedName(name.name, self.path[0])
        self.tables[full] = table
        self.touched[full] = None
        self.own.add(full)
        self.gone.discard(full)
        self.temporaries |= full.schema == TEMPORARY
        if table.created or table.moved:
            self.made[full] = self.running[full] = None

    def change(self, name: QualifiedName) -> TableState | None:
        """The relation, to be changed in place; None where nothing is known of it."""
        full = self.qualified(name)
        known = self.tables.get(full)
        if known is not None:
            self.touched[full] = None
        if known is not None and full not in self.own:
            known = self.tables[full] = known.copy()
            self.own.add(full)
        return known

    def copy(self) -> SchemaState:
        """A state of its own, equal to this one. What either changes afterwards is copied then."""
        self.own.clear()
        return replace(
            self,
            tables=self.tables.copy(),
            indexes=self.indexes.copy(),
            sequences=self.sequences.copy(),
            functions=self.functions.copy(),
            types=self.types.copy(),
            extensions=self.extensions.copy(),
            publications=self.publications.copy(),
            heirs=self.heirs.copy(),
            default_granted=self.default_granted.copy(),
            created_schemas=self.created_schemas.copy(),
            gone=self.gone.copy(),
            made=self.made.copy(),
            running=self.running.copy(),
            touched=self.touched.copy(),
            own=set(),
        )

    def referring(self, relation: QualifiedName) -> list[tuple[QualifiedName, TableState]]:
        """The tables and views that may refer to a relation by a key or a query: more than do, never fewer."""
        return self._known(self._ends().referring.get(relation, ()))

    def with_type(self, name: str) -> list[tuple[QualifiedName, TableState]]:
        """The tables that may have a column of a type of this bare name: more than do, never fewer."""
        return self._known(self._ends().typed.get(name, ()))

    def _known(self, names: Iterable[QualifiedName]) -> list[tuple[QualifiedName, TableState]]:
        return [(name, self.tables[name]) for name in names if name in self.tables]

    def _ends(self) -> Ends:
        if self.ends is None:
            self.ends = Ends()
            self.ends.note(self.tables, self.tables)
        self.ends.note(self.tables, self.touched)
        return self.ends

    def rest(self) -> None:
        """No table is being changed: what was touched is told once and for all."""
        if self.ends is not None:
            self.ends.note(self.tables, self.touched)
        self.touched.clear()

    def qualified(self, name: QualifiedName) -> QualifiedName:
        """The name with its schema: its own, or the first of the search path that is known to have such a relation."""
        if name.schema is not None:
            return name
        if len(self.path) == 1 and not self.temporaries:
            return QualifiedName(name.name, self.path[0])
        for schema in (TEMPORARY, *self.path):
            full = QualifiedName(name.name, schema)
            if full in self.tables or full in self.indexes or full in self.sequences:
                return full
        return QualifiedName(name.name, self.path[0])

    def start(self) -> None:
        """A new session: nothing is set, and what was temporary is gone."""
        self.path, self.time_zone = ("public",), self.server_time_zone
        if self.temporaries:
            for name in [name for name in self.tables if name.schema == TEMPORARY]:
                del self.tables[name]
            self.temporaries = False

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
            each.valid and each.proves(column) for each in known.constraints.values()
        )

    def table_of_index(self, index: QualifiedName) -> QualifiedName | None:
        """The table of an index, where it is known."""
        known = self.indexes.get(self.qualified(index))
        return known.table if known is not None else None

    def indexes_of(self, table: QualifiedName) -> dict[QualifiedName, IndexState]:
        """The known indexes of a table, those of its constraints too."""
        return self.indexes.of(self.qualified(table))

    def below(self, table: QualifiedName) -> tuple[QualifiedName, ...]:
        """The partitions and inheriting tables of a table, at every level, each once."""
        found: dict[QualifiedName, None] = {}
        waiting = list(self.heirs.get(self.qualified(table), ()))
        while waiting:
            heir = waiting.pop(0)
            if heir not in found:
                found[heir] = None
                waiting.extend(self.heirs.get(heir, ()))
        return tuple(found)

    def type_of(self, name: TypeName) -> TypeState | None:
        """What is known of a type of the user's; arrays count as their element."""
        return self.types.get(self.type_name(name.qualified))

    def type_name(self, name: QualifiedName, *, made: bool = False) -> QualifiedName:
        """The name of a type with its schema; one that is being `made` goes to the first of the search path."""
        return self._searched(name, () if made else self.types)

    def function_name(self, name: QualifiedName, *, made: bool = False) -> QualifiedName:
        """The name of a function with its schema; one that is being `made` goes to the first of the search path."""
        return self._searched(name, () if made else self.functions)

    def _searched(self, name: QualifiedName, among: Container[QualifiedName]) -> QualifiedName:
        if name.schema is not None:
            return name
        found = (QualifiedName(name.name, schema) for schema in self.path)
        return next((each for each in found if each in among), QualifiedName(name.name, self.path[0]))

    def columns_of_type(self, name: QualifiedName) -> tuple[tuple[QualifiedName, str], ...]:
        """The known columns of a type of the user's, also of arrays of it, as table and column."""
        return dependents.columns_of_type(self, name)

    def users_of(self, table: QualifiedName, column: str | None = None) -> tuple[User, ...]:
        """The views, policies, triggers, generated columns and foreign keys that need the relation, or the column.

        Of a view whose query names whole rows or is not known in full, every column counts as used.
        """
        return users_of(self, self.qualified(table), column)

    def settle(self) -> None:
        """Take everything that the plan made so far for something that was there before and is in use."""
        self.created_schemas.clear()
        for name in self.made:
            if (table := self.change(name)) is not None:
                table.created = table.filled = table.moved = False
                table.committed = True
        self.made.clear()
        self.running.clear()

    def commit(self) -> None:
        """The transaction has ended: others see what it made, and what it SET LOCAL is as before."""
        for name in self.running:
            if (table := self.change(name)) is not None:
                table.committed, table.moved = True, False
        self.running.clear()
        if self.outer is not None:
            (self.path, self.time_zone), self.outer = self.outer, None
