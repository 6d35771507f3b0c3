"""Types of the user's carried forward."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.carrying.constraints import made_up
from migsafe.planner.schema_state import SchemaState, TypeState

Handled: TypeAlias = (
    act.CreateEnum
    | act.CreateDomain
    | act.CreateComposite
    | act.CreateType
    | act.AddEnumValue
    | act.RenameEnumValue
    | act.AlterDomain
    | act.AlterCompositeType
)


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does."""
    match action:
        case act.AddEnumValue(type=name) | act.RenameEnumValue(type=name):
            full = state.type_name(name)
            if full in state.types:
                state.types[full] = replace(state.types[full], values=_values(state.types[full], action))
        case act.AlterDomain(name=name):
            full = state.type_name(name)
            if full in state.types:
                state.types[full] = _domain(state.types[full], action)
        case act.AlterCompositeType(type=name):
            full = state.type_name(name)
            if full in state.types:
                state.types[full] = _composite(state.types[full], action)
        case _:
            state.types[state.type_name(action.name, made=True)] = _made(action)


def _made(action: act.CreateEnum | act.CreateDomain | act.CreateComposite | act.CreateType) -> TypeState:
    match action:
        case act.CreateEnum(values=values):
            return TypeState("enum", values, created=True)
        case act.CreateComposite(attributes=attributes):
            return TypeState("composite", created=True, attributes=tuple((each.name, each.type) for each in attributes))
        case act.CreateType(form=form):
            return TypeState(form, created=True)
        case act.CreateDomain(name=name, base=base, not_null=not_null):
            found = [each for each in action.constraints if each.kind is ConstraintKind.CHECK]
            checks: list[str] = []
            for each in found:
                checks.append(each.name or _numbered(made_up(name.name, "", "check"), checks))
            constrained = not_null or bool(checks)
            return TypeState("domain", (), base, constrained, True, not_null, tuple(checks))


def _numbered(name: str, taken: list[str]) -> str:
    names = (f"{name}{number or ''}" for number in range(len(taken) + 1))
    return next(each for each in names if each not in taken)


def _values(known: TypeState, action: act.AddEnumValue | act.RenameEnumValue) -> tuple[str, ...]:
    values = list(known.values)
    match action:
        case act.RenameEnumValue(value=old, new_value=new):
            return tuple(new if each == old else each for each in values)
        case act.AddEnumValue(value=value, neighbour=neighbour, after=after):
            if value not in values:
                place = values.index(neighbour) + after if neighbour in values else len(values)
                values.insert(place, value)
            return tuple(values)


def _domain(known: TypeState, action: act.AlterDomain) -> TypeState:
    not_null, checks = known.not_null, known.checks
    match action.change:
        case "set not null" | "drop not null":
            not_null = action.change == "set not null"
        case "add constraint" if action.constraint is not None:
            if action.constraint.kind is ConstraintKind.NOT_NULL:
                not_null = True
            else:
                checks = (
                    *checks,
                    action.constraint_name or _numbered(made_up(action.name.name, "", "check"), [*checks]),
                )
        case "drop constraint":
            checks = tuple(each for each in checks if each != action.constraint_name)
        case _:
            pass
    return replace(known, not_null=not_null, checks=checks, constrained=not_null or bool(checks))


def _composite(known: TypeState, action: act.AlterCompositeType) -> TypeState:
    match action.change:
        case "AddColumn":
            return replace(known, attributes=(*known.attributes, (action.attribute, None)))
        case "DropColumn":
            return replace(known, attributes=tuple(each for each in known.attributes if each[0] != action.attribute))
        case _:
            changed = ((name, None if name == action.attribute else kind) for name, kind in known.attributes)
            return replace(known, attributes=tuple(changed))
