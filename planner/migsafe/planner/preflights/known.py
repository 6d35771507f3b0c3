"""What is known of the target's tables before the plan: keys, types, constraints, partitions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.actions.typename import TypeName, type_name
from migsafe.planner.tree import inner, unwrapped
from migsafe.schemas.catalog import ConstraintKind as CatalogConstraintKind
from migsafe.schemas.names import QualifiedName, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.catalog import Catalog, Column, Constraint, Table


@dataclass(frozen=True)
class Known:
    """The state before the plan, and the target's catalog where it was read."""

    before: SchemaState
    catalog: Catalog | None
    server_version: int
    """`server_version_num`."""

    @cached_property
    def _tables(self) -> dict[QualifiedName, Table]:
        return {parsed(table.name): table for table in self.catalog.tables} if self.catalog is not None else {}

    def table(self, name: QualifiedName) -> Table | None:
        """The table by the catalog."""
        return self._tables.get(name)

    def is_there(self, name: QualifiedName) -> bool:
        """Whether the target has such a table; nothing else has rows of its own to ask about."""
        known = self.before.table(name)
        return known is not None and known.kind in {"table", "partitioned table"}

    def has_column(self, name: QualifiedName, column: str) -> bool | None:
        """Whether the table has the column; None where nobody can tell."""
        table = self.table(name)
        if table is not None:
            return self._column(name, column) is not None
        return True if self.before.column(name, column) is not None else None

    def primary_key(self, name: QualifiedName) -> tuple[str, ...]:
        """The columns of the primary key; none where there is none or nobody can tell."""
        table = self.table(name)
        if table is not None:
            keys = (each for each in table.constraints if each.kind is CatalogConstraintKind.PRIMARY_KEY)
            return next((key.columns for key in keys), ())
        known = self.before.table(name)
        told = known.constraints.values() if known is not None else ()
        return next((each.columns for each in told if each.kind is ConstraintKind.PRIMARY_KEY), ())

    def type(self, name: QualifiedName, column: str) -> TypeName | None:
        """The type of a column, where it is known."""
        found = self._column(name, column)
        if found is not None:
            return type_of(found.type)
        known = self.before.column(name, column)
        return known.type if known is not None else None

    def not_null(self, name: QualifiedName, column: str) -> bool:
        """Whether the column is known to have no NULL."""
        found = self._column(name, column)
        return found.not_null if found is not None else self.before.proven_not_null(name, column)

    def constraint(self, name: QualifiedName, constraint: str) -> Constraint | None:
        """A constraint by the catalog."""
        table = self.table(name)
        found = table.constraints if table is not None else ()
        return next((each for each in found if each.name == constraint), None)

    def default_partition(self, parent: QualifiedName) -> QualifiedName | None:
        """The default partition of a table."""
        for name, table in self._tables.items():
            if table.partition_bound == "DEFAULT" and parent in map(parsed, table.parents):
                return name
        children = (name for name, table in self.before.tables.items() if table.partition_of == parent)
        return next((name for name in children if self.before.tables[name].partition_bound_default), None)

    def columns_of_type(self, wanted: QualifiedName) -> Iterator[tuple[QualifiedName, str]]:
        """The columns of tables that have exactly this type, such as a domain."""
        for name, known in self.before.tables.items():
            table = self.table(name)
            columns = [one.name for one in table.columns] if table is not None else list(known.columns)
            for column in columns if self.is_there(name) else ():
                kind = self.type(name, column)
                if kind is not None and not kind.array and self.before.qualified(kind.qualified) == wanted:
                    yield name, column

    def _column(self, name: QualifiedName, column: str) -> Column | None:
        table = self.table(name)
        found = table.columns if table is not None else ()
        return next((one for one in found if one.name == column), None)


def type_of(words: str) -> TypeName | None:
    """The type that `format_type` spells, e.g. `character varying(20)`; None for what the grammar does not read."""
    try:
        (parsed_statement,) = libpg_query.parse(f"SELECT NULL::{words}".encode())
    except (libpg_query.SyntaxProblem, ValueError):
        return None
    targets = unwrapped(inner(inner(parsed_statement, "stmt"), "SelectStmt"), "targetList", "ResTarget")
    cast = inner(inner(targets[0], "val"), "TypeCast") if len(targets) == 1 else {}
    return type_name(inner(cast, "typeName")) if cast else None
