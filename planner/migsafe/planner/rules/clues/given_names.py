"""The names that a statement gives to what it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMING = (
    *(act.CreateTable, act.CreateTableAs, act.CreateView, act.CreateFunction, act.CreateEnum, act.CreateDomain),
    *(act.CreateIndex, act.CreateSchema, act.CreateSequence, act.CreateTrigger, act.AddColumn, act.AddConstraint),
    *(act.Rename, act.RenameColumn),
)
"""The actions that give names."""


def given_names(action: act.Action) -> Iterator[tuple[str, str]]:
    """The kind of each object and its name; policies, whose names are sentences as a rule, are left out."""
    match action:
        case act.CreateTable(name=name, columns=columns):
            yield "table", name.name
            yield from (("column", column.name) for column in columns)
            yield from (("constraint", made.name) for made in action.all_constraints if made.name)
        case act.CreateTableAs(name=name) | act.CreateView(name=name):
            yield "view" if isinstance(action, act.CreateView) else "table", name.name
        case act.CreateFunction(name=name):
            yield "function", name.name
        case act.CreateEnum(name=name) | act.CreateDomain(name=name):
            yield "type", name.name
        case act.Rename(kind=kind, new_name=new) if kind is not ObjectKind.POLICY:
            yield kind.value, new
        case _:
            yield from _single(action)


def _single(action: act.Action) -> Iterator[tuple[str, str]]:
    match action:
        case act.CreateIndex(name=str() as name):
            yield "index", name
        case act.CreateSchema(name=name):
            yield "schema", name
        case act.CreateSequence(name=sequence):
            yield "sequence", sequence.name
        case act.CreateTrigger(name=name):
            yield "trigger", name
        case act.AddColumn(column=column):
            yield "column", column.name
        case act.AddConstraint(constraint=made) if made.name:
            yield "constraint", made.name
        case act.RenameColumn(new_name=new):
            yield "column", new
        case _:
            pass
