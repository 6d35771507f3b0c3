"""A statement in a few words."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from migsafe.planner import actions as act

if TYPE_CHECKING:
    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.schemas.names import QualifiedName

_MOST = 2


def summary(statement: Statement) -> str:
    """What the statement does, e.g. `add column orders.note`, `create index orders_user_idx on orders`."""
    parts = list(dict.fromkeys(_summary(action) for action in statement.actions))
    if not parts:
        return statement.kind.removesuffix("Stmt")
    more = f" and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
    return ", ".join(parts[:_MOST]) + more


def _summary(action: Action) -> str:  # noqa: C901, PLR0911 - one short case for each action
    match action:
        case act.AddColumn(table=table, column=column):
            return f"add column {_dot(table, column.name)}"
        case act.DropColumn(table=table, column=name):
            return f"drop column {_dot(table, name)}"
        case act.RenameColumn(table=table, column=name, new_name=new):
            return f"rename column {_dot(table, name)} to {new}"
        case act.AlterColumnType(table=table, column=name, type=kind):
            return f"change {_dot(table, name)} to {kind}"
        case act.SetNotNull(table=table, column=name) | act.DropNotNull(table=table, column=name):
            return f"{_words(type(action).__name__)} on {_dot(table, name)}"
        case act.SetDefault(table=table, column=name) | act.DropDefault(table=table, column=name):
            return f"{_words(type(action).__name__)} of {_dot(table, name)}"
        case act.AddConstraint(table=table, constraint=constraint):
            valid = " not valid" if constraint.not_valid else ""
            return f"add {constraint.kind}{valid} to {table}"
        case act.DropConstraint(table=table, name=name) | act.ValidateConstraint(table=table, name=name):
            return f"{_words(type(action).__name__)} {name} of {table}"
        case act.CreateIndex(name=name, table=table, unique=unique, concurrently=concurrently):
            words = ["create", "unique" if unique else "", "index", name or "", "on", str(table)]
            return " ".join(filter(None, [*words, "concurrently" if concurrently else ""]))
        case act.Drop(kind=kind, name=name, table=table):
            return f"drop {kind} {name}" + (f" on {table}" if table is not None else "")
        case _:
            return _other(action)


def _dot(table: QualifiedName, column: str) -> str:
    return f"{table}.{column}"


def _other(action: Action) -> str:  # noqa: C901, PLR0911 - one short case for each action
    match action:
        case act.CreatePolicy(name=name, table=table) | act.CreateTrigger(name=name, table=table):
            return f"{_words(type(action).__name__)} {name} on {table}"
        case act.EnableRowSecurity(table=table) | act.DisableRowSecurity(table=table):
            return f"{_words(type(action).__name__)} on {table}"
        case act.AddEnumValue(type=name, value=value):
            return f"add value '{value}' to {name}"
        case act.Rename(kind=kind, name=name, new_name=new):
            return f"rename {kind} {name} to {new}"
        case act.Comment(kind=kind, name=name):
            return f"comment on {kind} {name}"
        case act.Insert(table=table):
            return f"insert into {table}"
        case act.Delete(table=table):
            return f"delete from {table}"
        case act.SetVariable(name=name, value=value):
            return f"set {name}" + (f" = {value}" if value is not None else "")
        case act.DoBlock():
            return "run a code block"
        case act.Unread(kind=kind):
            return kind.removesuffix("Stmt")
        case _:
            names = ", ".join(str(each.name) for each in act.touched([action])[:1])
            return f"{_words(type(action).__name__)} {names}".rstrip()


@cache
def _words(name: str) -> str:
    """`CreateTable` as `create table`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()
