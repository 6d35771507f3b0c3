"""The catalog before the plan, carried over its statements as far as quarantine needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.schemas.names import QualifiedName, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.catalog import Catalog, Table


class Known:
    """What stood before the plan and still does; what the plan changed of it in ways that are not followed."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.tables = {table.name: table for table in catalog.tables}
        self.gone: set[str] = set()
        """Objects that the plan dropped, qualified; parts with their table: `orders.policy`."""
        self._changed: dict[str, set[str]] = {}

    def changed(self, table: str, column: str = "") -> bool:
        """Whether the plan changed the table in a way that its record would not hold, or that column of it."""
        found = self._changed.get(table, set())
        return "" in found or (column in found if column else bool(found))

    def users(self, table: str, column: str | None = None) -> tuple[str, ...]:
        """What depends on a table or column and is no part of it, and was not dropped by the plan."""
        own = {each.name for each in self.catalog.sequences if each.owned_by and each.owned_by.relation == table}
        found = []
        for each in self.catalog.dependencies:
            mine = each.on.of == table and (column is None or parsed(each.on.name).name == column)
            if not (mine or (column is None and each.on.name == table and each.on.of is None)):
                continue
            outside = table not in {each.dependent.of, each.dependent.name} and each.dependent.name not in own
            inside = column is not None and each.dependent.kind in _HELD_BY_COLUMN
            if (outside or inside) and each.dependent.kind != "publication" and not self._is_gone(str(each.dependent)):
                found.append(str(each.dependent))
        return tuple(dict.fromkeys((*found, *self._referring(table, column))))

    def _referring(self, table: str, column: str | None) -> Iterator[str]:
        for other in self.tables.values():
            for key in other.constraints:
                if (
                    key.referenced == table
                    and other.name != table
                    and (column is None or column in key.referenced_columns)
                ):
                    yield f"constraint {key.name} on {other.name}"

    def _is_gone(self, told: str) -> bool:
        return told.partition(" ")[2] in self.gone or told in self.gone

    def follow(self, action: Action, state: SchemaState) -> None:  # noqa: C901 - one short case for each action
        """Take note of an action that is done as it stands; `state` is what stands before it."""
        match action:
            case act.DropConstraint(table=table, name=name):
                self._without(str(state.qualified(table)), name)
            case act.Drop(kind=kind, name=name, table=table):
                of = "" if table is None else str(state.qualified(table))
                self._dropped(kind, str(state.qualified(name)), f"{name} on {of}")
            case act.DropColumn(table=table, column=column):
                self.without_column(str(state.qualified(table)), column)
            case act.SetNotNull(table=table, column=column) | act.DropNotNull(table=table, column=column):
                self._column(str(state.qualified(table)), column, {"not_null": isinstance(action, act.SetNotNull)})
            case act.SetDefault(table=table, column=column):
                self._column(str(state.qualified(table)), column, {"default": "set by the plan"})
            case act.DropDefault(table=table, column=column):
                self._column(str(state.qualified(table)), column, {"default": None})
            case act.AlterColumnType(table=table, column=column) | act.AddIdentity(table=table, column=column):
                self._mark(str(state.qualified(table)), column)
            case act.RenameColumn(table=table, column=column, new_name=new):
                self._mark(str(state.qualified(table)), column, new)
            case act.AddConstraint(table=table, constraint=constraint):
                self._mark(str(state.qualified(table)), *constraint.columns)
            case act.Rename(kind=ObjectKind.TABLE, name=name) | act.SetSchema(kind=ObjectKind.TABLE, name=name):
                self._moved(state.qualified(name), action)
            case _:
                pass

    def without_table(self, table: str) -> None:
        """The table is no longer there by this name."""
        self.tables.pop(table, None)
        self.gone.add(table)

    def without_column(self, table: str, column: str) -> None:
        """The column is no longer there by this name, nor what goes with it."""
        known = self.tables.get(table)
        if known is None:
            return
        self.tables[table] = known.model_copy(
            update={
                "columns": tuple(each for each in known.columns if each.name != column),
                "constraints": tuple(each for each in known.constraints if column not in each.columns),
                "indexes": tuple(each for each in known.indexes if column not in each.columns),
            }
        )

    def _moved(self, old: QualifiedName, action: act.Rename | act.SetSchema) -> None:
        match action:
            case act.Rename(new_name=new):
                now = QualifiedName(new, old.schema)
            case act.SetSchema(schema=schema):
                now = QualifiedName(old.name, schema)
        self._mark(str(old), "")
        self._mark(str(now), "")

    def _dropped(self, kind: ObjectKind, full: str, as_part: str) -> None:
        self.gone |= {full, as_part}
        if kind is ObjectKind.TABLE:
            self.without_table(full)
        if kind is ObjectKind.INDEX:
            for known in tuple(self.tables.values()):
                if any(each.name == full for each in known.indexes):
                    left = tuple(each for each in known.indexes if each.name != full)
                    self.tables[known.name] = known.model_copy(update={"indexes": left})

    def _without(self, table: str, constraint: str) -> None:
        known: Table | None = self.tables.get(table)
        if known is None:
            return
        left = tuple(each for each in known.constraints if each.name != constraint)
        indexes = tuple(each for each in known.indexes if each.constraint != constraint)
        self.tables[table] = known.model_copy(update={"constraints": left, "indexes": indexes})

    def _column(self, table: str, column: str, update: dict[str, object]) -> None:
        known = self.tables.get(table)
        if known is not None:
            columns = tuple(each.model_copy(update=update) if each.name == column else each for each in known.columns)
            self.tables[table] = known.model_copy(update={"columns": columns})

    def _mark(self, table: str, *columns: str) -> None:
        self._changed.setdefault(table, set()).update(columns)


# A policy or a generated column of the same table that names the column: DROP COLUMN stops at them without CASCADE.
_HELD_BY_COLUMN = frozenset({"policy", "trigger", "column", "rule", "view", "materialized view"})
