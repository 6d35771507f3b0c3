"""Functions, triggers, extensions and publications carried forward."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.carrying.known import heard_of
from migsafe.planner.schema_state import FunctionState, PublicationState, SchemaState, TriggerState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from migsafe.schemas.names import QualifiedName

Handled: TypeAlias = (
    act.CreateFunction
    | act.AlterFunction
    | act.CreateTrigger
    | act.EnableTrigger
    | act.DisableTrigger
    | act.CreateExtension
    | act.CreatePublication
    | act.AlterPublication
)


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does."""
    match action:
        case act.CreateFunction():
            _create(state, action)
        case act.AlterFunction(name=name, arguments=arguments):
            change_functions(state, name, arguments, lambda known: _altered(known, action))
        case act.CreateTrigger(name=name, table=table):
            needs = (*action.columns, *(action.when.columns if action.when is not None else ()))
            heard_of(state, table).triggers[name] = TriggerState(action.function, action.for_each_row, needs)
        case act.EnableTrigger(table=table, trigger=trigger) | act.DisableTrigger(table=table, trigger=trigger):
            _switch(state, table, trigger, enabled=isinstance(action, act.EnableTrigger))
        case act.CreateExtension(name=name, schema=schema):
            state.extensions.setdefault(name, schema)
        case act.CreatePublication(name=name, all_tables=everything, tables=tables, schemas=schemas):
            named = frozenset(map(state.qualified, tables))
            state.publications[name] = PublicationState(everything, named, frozenset(schemas))
        case act.AlterPublication():
            _publish(state, action)


def _create(state: SchemaState, action: act.CreateFunction) -> None:
    given = tuple(each for each in action.arguments if each.mode in {"in", "inout", "variadic"})
    defaults = [each.default for each in given if each.default is not None]
    made = FunctionState(
        tuple(each.type for each in given),
        action.language,
        action.body,
        action.security_definer,
        action.search_path,
        action.volatility,
        action.returns,
        True,
        state.default_revoked,
        tuple(each.name for each in given),
        len(defaults),
        tuple(default.constant for default in defaults),
    )
    name = state.function_name(action.name, made=True)
    known = state.functions.get(name, ())
    before = [each for each in known if each.arguments == made.arguments]
    if before:
        made = replace(made, created=before[0].created, revoked=before[0].revoked)
    state.functions[name] = (*(each for each in known if each.arguments != made.arguments), made)


def _altered(known: FunctionState, action: act.AlterFunction) -> FunctionState:
    definer = action.security_definer
    settings = dict(action.settings)
    return replace(
        known,
        security_definer=known.security_definer if definer is None else definer,
        volatility=action.volatility or known.volatility,
        search_path=(settings["search_path"] or "") if "search_path" in settings else known.search_path,
    )


def change_functions(
    state: SchemaState,
    name: QualifiedName,
    arguments: tuple[str, ...] | None,
    changed: Callable[[FunctionState], FunctionState],
) -> None:
    """Change the overloads that the name and, where they are given, the types of the arguments mean."""
    full = state.function_name(name)
    if full in state.functions:
        state.functions[full] = tuple(
            changed(each) if is_meant(each, arguments) else each for each in state.functions[full]
        )


def is_meant(function: FunctionState, arguments: Iterable[str] | None) -> bool:
    """Whether the types of the arguments that a statement names are those of the overload."""
    return arguments is None or [each.rsplit(".", 1)[-1] for each in arguments] == [
        str(replace_schema).rsplit(".", 1)[-1] for replace_schema in function.arguments
    ]


def _switch(state: SchemaState, table: QualifiedName, trigger: str, *, enabled: bool) -> None:
    known = state.change(table)
    if known is None:
        return
    for name, each in known.triggers.items():
        if trigger in {name, "ALL", "USER"}:
            known.triggers[name] = replace(each, enabled=enabled)


def _publish(state: SchemaState, action: act.AlterPublication) -> None:
    known = state.publications.get(action.name, PublicationState(False))
    tables, schemas = frozenset(map(state.qualified, action.tables)), frozenset(action.schemas)
    match action.change:
        case "add":
            known = replace(known, tables=known.tables | tables, schemas=known.schemas | schemas)
        case "drop":
            known = replace(known, tables=known.tables - tables, schemas=known.schemas - schemas)
        case "set":
            known = replace(known, tables=tables, schemas=schemas)
        case _:
            pass
    state.publications[action.name] = known
