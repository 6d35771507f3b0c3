"""Renames of a migration taken back first, because between two catalogs a rename looks like a drop and a creation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.reverse.naming import literal
from migsafe.schemas.names import QualifiedName, parsed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.schemas.catalog import Catalog

_RELATIONS = {
    ObjectKind.TABLE,
    ObjectKind.VIEW,
    ObjectKind.MATERIALIZED_VIEW,
    ObjectKind.FOREIGN_TABLE,
    ObjectKind.SEQUENCE,
    ObjectKind.INDEX,
}


def renames_back(up: Iterable[Statement], after: Catalog) -> tuple[str, ...]:
    """The statements that take back what `up` renamed and stands in `after` under its new name, last one first."""
    names = _Names(after)
    actions = [action for statement in up for action in statement.actions]
    return tuple(text for action in reversed(actions) for text in _back(action, names))


class _Names:
    """The names that are taken, while renames are taken back one by one."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._schemas = [each.name for each in catalog.schemas]
        self._relations = set(_relations(catalog))
        self._columns = {(each.name, column.name) for each in catalog.tables for column in each.columns}
        self._columns |= {(each.name, column.name) for each in catalog.views for column in each.columns}
        self._parts = {(table.name, each.name) for table in catalog.tables for each in table.triggers}
        self._parts |= {(table.name, each.name) for table in catalog.tables for each in table.rules}
        self._parts |= {(table.name, each.name) for table in catalog.tables for each in table.constraints}
        self._parts |= {(table.name, each.name) for table in catalog.tables for each in table.policies}

    def relation(self, name: QualifiedName) -> str | None:
        """The full name of a relation or type as it is named now, or None where there is none."""
        return self._found(name, self._relations)

    def routine(self, name: QualifiedName) -> list[str]:
        """The signatures of the functions of this name."""
        wanted = [str(name)] if name.schema else [str(name.within(schema)) for schema in self._schemas]
        return [each.signature for each in self._catalog.routines if each.name in wanted]

    def _found(self, name: QualifiedName, among: set[str]) -> str | None:
        wanted = [name] if name.schema else [name.within(schema) for schema in self._search_path()]
        return next((str(each) for each in wanted if str(each) in among), None)

    def _search_path(self) -> list[str]:
        return sorted(self._schemas, key=lambda each: each != "public")

    def move(self, old: str, new: str) -> bool:
        """Whether a relation can take the name; if so it has it from now on, with its columns and parts."""
        if new in self._relations:
            return False
        self._relations = {new if each == old else each for each in self._relations}
        self._columns = {(new if of == old else of, name) for of, name in self._columns}
        self._parts = {(new if of == old else of, name) for of, name in self._parts}
        return True

    def move_column(self, of: str, old: str, new: str) -> bool:
        """The same for a column."""
        if (of, old) not in self._columns or (of, new) in self._columns:
            return False
        self._columns = self._columns - {(of, old)} | {(of, new)}
        return True

    def move_part(self, of: str, old: str, new: str) -> bool:
        """The same for a constraint, policy, trigger or rule."""
        if (of, old) not in self._parts or (of, new) in self._parts:
            return False
        self._parts = self._parts - {(of, old)} | {(of, new)}
        return True


def _relations(catalog: Catalog) -> Iterator[str]:
    for table in catalog.tables:
        yield from (table.name, *(index.name for index in table.indexes))
    for view in catalog.views:
        yield from (view.name, *(index.name for index in view.indexes))
    yield from (each.name for each in catalog.sequences)
    yield from (each.name for each in catalog.enums)
    yield from (each.name for each in catalog.ranges)
    yield from (each.name for each in catalog.domains)
    yield from (each.name for each in catalog.composites)


def _back(action: Action, names: _Names) -> Iterator[str]:  # noqa: C901 - one case a kind of rename
    match action:
        case act.RenameColumn(table=table, column=column, new_name=new_name, kind=kind):
            of = names.relation(table)
            if of is not None and names.move_column(of, new_name, column):
                yield f"ALTER {_word(kind)} {of} RENAME COLUMN {quoted(new_name)} TO {quoted(column)}"
        case act.RenameConstraint(table=table, name=name, new_name=new_name):
            of = names.relation(table)
            if of is not None and names.move_part(of, new_name, name):
                yield f"ALTER TABLE {of} RENAME CONSTRAINT {quoted(new_name)} TO {quoted(name)}"
        case act.Rename(kind=kind, name=name, new_name=new_name, table=table) if table is not None:
            of = names.relation(table)
            if of is not None and names.move_part(of, new_name, name.name):
                yield f"ALTER {_word(kind)} {quoted(new_name)} ON {of} RENAME TO {quoted(name.name)}"
        case act.Rename(kind=ObjectKind.SCHEMA, name=name, new_name=new_name):
            yield f"ALTER SCHEMA {quoted(new_name)} RENAME TO {quoted(name.name)}"
        case act.Rename(kind=kind, name=name, new_name=new_name):
            yield from _relation_back(kind, name, new_name, names)
        case act.SetSchema(kind=kind, name=name, schema=schema):
            yield from _schema_back(kind, name, schema, names)
        case act.RenameEnumValue():
            of = names.relation(action.type)
            if of is not None:
                old, new = literal(action.value), literal(action.new_value)
                yield f"ALTER TYPE {of} RENAME VALUE {new} TO {old}"
        case _:
            pass


def _relation_back(kind: ObjectKind, name: QualifiedName, new_name: str, names: _Names) -> Iterator[str]:
    moved = QualifiedName(new_name, name.schema)
    if kind in {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE}:
        for signature in names.routine(moved):
            yield f"ALTER ROUTINE {signature} RENAME TO {quoted(name.name)}"
        return
    of = names.relation(moved)
    if of is not None and names.move(of, str(QualifiedName(name.name, parsed(of).schema))):
        yield f"ALTER {_word(kind)} {of} RENAME TO {quoted(name.name)}"


def _schema_back(kind: ObjectKind, name: QualifiedName, schema: str, names: _Names) -> Iterator[str]:
    home = name.schema or "public"
    moved = QualifiedName(name.name, schema)
    if kind in {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE}:
        for signature in names.routine(moved):
            yield f"ALTER ROUTINE {signature} SET SCHEMA {quoted(home)}"
        return
    of = names.relation(moved)
    if of is not None and names.move(of, str(QualifiedName(name.name, home))):
        yield f"ALTER {_word(kind)} {of} SET SCHEMA {quoted(home)}"


def _word(kind: ObjectKind) -> str:
    return "TABLE" if kind is ObjectKind.OTHER else kind.value.upper()
