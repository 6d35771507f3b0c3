"""The relations and functions that a set made and that stand at its end, each at the statement that last made it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.deeds import deeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName

_TABLES = frozenset({ObjectKind.TABLE, ObjectKind.FOREIGN_TABLE})
_VIEWS = frozenset({ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW})


def tables_left(
    migrations: tuple[Judged, ...], after: SchemaState
) -> Iterator[tuple[QualifiedName, act.CreateTable | act.CreateTableAs, Statement]]:
    """The tables and materialized views made by the set, each once; partitions and temporary ones are left out."""
    found = {}
    for deed in deeds(migrations, act.CreateTable, act.CreateTableAs, act.Drop):
        match deed.action:
            case act.Drop(kind=kind, name=name) if kind in _TABLES | _VIEWS:
                found.pop(deed.full(name), None)
            case act.CreateTable(partition_of=None, temporary=False) | act.CreateTableAs(temporary=False):
                found.setdefault(deed.full(deed.action.name), (deed.action, deed.statement))
            case _:
                pass
    for table, (action, statement) in found.items():
        if table in after.tables:
            yield table, action, statement


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
    arguments: tuple[str, ...]
    """Types of the arguments that a call gives, which tell overloads apart."""
    statement: Statement
    made: act.CreateFunction
    security_definer: bool
    search_path: str | None

    def __str__(self) -> str:
        """Its name and arguments, as ALTER FUNCTION wants them."""
        return f"{self.name}({', '.join(self.arguments)})"


def functions_left(migrations: tuple[Judged, ...]) -> Iterator[FunctionLeft]:
    """The functions made by the set."""
    found: dict[tuple[QualifiedName, tuple[str, ...]], FunctionLeft] = {}
    for deed in deeds(migrations, act.CreateFunction, act.AlterFunction, act.Drop, act.SetSchema, act.Rename):
        match deed.action:
            case act.CreateFunction() as made:
                full, arguments = deed.full(made.name), _arguments(made)
                left = FunctionLeft(full, arguments, deed.statement, made, made.security_definer, made.search_path)
                found[full, arguments] = left
            case act.AlterFunction(name=name):
                for key in [key for key in found if key[0] == deed.full(name)]:
                    found[key] = _altered(found[key], deed.action)
            case act.Drop(kind=ObjectKind.SCHEMA, name=name):
                found = {key: left for key, left in found.items() if key[0].schema != name.name}
            case (
                act.Drop(kind=kind, name=name) | act.SetSchema(kind=kind, name=name) | act.Rename(kind=kind, name=name)
            ):
                if kind in {ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE}:
                    gone = deed.action.arguments if isinstance(deed.action, act.Drop) else None
                    full = deed.full(name)
                    found = {key: left for key, left in found.items() if key[0] != full or gone not in {None, key[1]}}
            case _:
                pass
    yield from found.values()


def _arguments(made: act.CreateFunction) -> tuple[str, ...]:
    return tuple(str(each.type) for each in made.arguments if each.mode not in {"out", "table"})


def _altered(left: FunctionLeft, action: act.AlterFunction) -> FunctionLeft:
    definer = left.security_definer if action.security_definer is None else action.security_definer
    said = dict(action.settings)
    path = (said["search_path"] or "") if "search_path" in said else left.search_path
    return replace(left, security_definer=definer, search_path=path)


def callable_by_api(left: FunctionLeft) -> bool:
    """Whether an API can call it at all: trigger functions run only as triggers."""
    returns = left.made.returns
    return returns is None or returns.name not in {"trigger", "event_trigger"}
