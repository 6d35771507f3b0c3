"""The relations and functions that a set made and that stand at its end, each at the statement that last made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.deeds import deeds
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged
    from migsafe.planner.schema_state import FunctionState, SchemaState

Kept = TypeVar("Kept")
_TABLES = frozenset({ObjectKind.TABLE, ObjectKind.FOREIGN_TABLE})
_VIEWS = frozenset({ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW})


def tables_left(
    migrations: tuple[Judged, ...], after: SchemaState
) -> Iterator[tuple[QualifiedName, act.CreateTable | act.CreateTableAs, Statement]]:
    """The tables and materialized views made by the set, each once; partitions and temporary ones are left out."""
    found: dict[QualifiedName, tuple[act.CreateTable | act.CreateTableAs, Statement]] = {}
    for deed in deeds(migrations, act.CreateTable, act.CreateTableAs, act.Drop, act.SetSchema, act.Rename):
        match deed.action:
            case act.SetSchema(kind=kind, name=name, schema=schema) if kind in _TABLES | _VIEWS:
                _move(found, deed.full(name), QualifiedName(name.name, schema))
            case act.Rename(kind=kind, name=name, new_name=new) if kind in _TABLES | _VIEWS:
                _move(found, deed.full(name), QualifiedName(new, deed.full(name).schema))
            case act.Drop(kind=kind, name=name) if kind in _TABLES | _VIEWS:
                found.pop(deed.full(name), None)
            case act.CreateTable(partition_of=None, temporary=False) | act.CreateTableAs(temporary=False):
                found.setdefault(deed.full(deed.action.name), (deed.action, deed.statement))
            case _:
                pass
    for table, (action, statement) in found.items():
        if table in after.tables:
            yield table, action, statement


def _move(found: dict[QualifiedName, Kept], old: QualifiedName, new: QualifiedName) -> None:
    if old in found:
        found[new] = found.pop(old)


@dataclass(frozen=True, slots=True)
class ViewLeft:
    """A view at the end of the set."""

    name: QualifiedName
    statement: Statement
    """The statement that last gave it its query."""
    sources: tuple[QualifiedName, ...]
    """With their schemas."""
    security_invoker: bool
    lost: bool
    """An older form of it was security_invoker: CREATE OR REPLACE forgets that (view.c, DefineVirtualRelation)."""


def views_left(migrations: tuple[Judged, ...], after: SchemaState) -> Iterator[ViewLeft]:
    """The views made by the set, in the order in which they were first made."""
    found: dict[QualifiedName, ViewLeft] = {}
    for deed in deeds(migrations, act.CreateView, act.SetStorageParameters, act.Drop):
        match deed.action:
            case act.CreateView(name=name, temporary=False, security_invoker=invoker):
                full, old = deed.full(name), found.get(deed.full(name))
                sources = tuple(deed.full(each) for each in deed.action.sources)
                lost = old is not None and (old.security_invoker or old.lost) and not invoker
                found[full] = ViewLeft(full, deed.statement, sources, invoker, lost)
            case act.SetStorageParameters(relation=name, parameters=said) if deed.full(name) in found:
                if "security_invoker" in dict(said):
                    on = not deed.action.reset and dict(said)["security_invoker"].lower() in {"true", "on", "yes", "1"}
                    found[deed.full(name)] = replace(found[deed.full(name)], security_invoker=on, lost=False)
            case act.Drop(kind=kind, name=name) if kind in _VIEWS:
                found.pop(deed.full(name), None)
            case _:
                pass
    yield from (view for name, view in found.items() if name in after.tables)


@dataclass(frozen=True, slots=True)
class FunctionLeft:
    """A function or procedure at the end of the set."""

    name: QualifiedName
    statement: Statement
    """The statement that last made it."""
    made: act.CreateFunction
    now: FunctionState
    """What it is at the end."""

    def __str__(self) -> str:
        """Its name and arguments, as ALTER FUNCTION wants them."""
        return f"{self.name}({', '.join(map(str, self.now.arguments))})"

    @property
    def follows_caller(self) -> bool:
        """Whether its body is read when it runs, along the search path of whoever calls it."""
        read_late = self.made.body is not None and self.made.language not in {"c", "internal"}
        return read_late and self.now.search_path is None


def functions_left(migrations: tuple[Judged, ...], after: SchemaState) -> Iterator[FunctionLeft]:
    """The functions made by the set, in the order in which they were first made."""
    found: dict[tuple[QualifiedName, tuple[str, ...]], tuple[Statement, act.CreateFunction]] = {}
    for deed in deeds(migrations, act.CreateFunction, act.Drop):
        match deed.action:
            case act.CreateFunction() as action:
                found[deed.full(action.name), _arguments(action)] = deed.statement, action
            case act.Drop(kind=ObjectKind.SCHEMA, name=schema):
                found = {key: each for key, each in found.items() if key[0].schema != schema.name}
            case _:
                pass
    for (name, arguments), (statement, made) in found.items():
        for now in after.functions.get(name, ()):
            if tuple(map(str, now.arguments)) == arguments:
                yield FunctionLeft(name, statement, made, now)


def _arguments(made: act.CreateFunction) -> tuple[str, ...]:
    return tuple(str(each.type) for each in made.arguments if each.mode not in {"out", "table"})


def callable_by_api(left: FunctionLeft) -> bool:
    """Whether an API can call it at all: trigger functions run only as triggers."""
    returns = left.made.returns
    return returns is None or returns.name not in {"trigger", "event_trigger"}
