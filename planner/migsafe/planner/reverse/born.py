"""What the server makes of a bare CREATE, so that what is missing can be altered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.reverse.element import Default, Element, Marked, Ownership, TableColumn
from migsafe.planner.reverse.rights import at_birth
from migsafe.schemas.catalog import (
    Constraint,
    DefaultPrivileges,
    Domain,
    EventTrigger,
    Firing,
    Index,
    Policy,
    Rule,
    Schema,
    Statistics,
    Table,
    Trigger,
)

if TYPE_CHECKING:
    from migsafe.planner.reverse.element import Thing
    from migsafe.schemas.catalog import Catalog


def born(element: Element, role: str, catalog: Catalog) -> Element:
    """The element as its CREATE alone would leave it, run by `role`."""
    return replace(element, thing=_born(element, role, catalog))


def _born(element: Element, role: str, catalog: Catalog) -> Thing:  # noqa: PLR0911 - one line a kind
    thing = element.thing
    match thing:
        case Table():
            bare = {"row_security": False, "force_row_security": False, "comment": None, "owner": role}
            return thing.model_copy(update=bare | {"grants": at_birth(element.key, role, catalog)})
        case TableColumn():
            column = thing.column.model_copy(update={"comment": None, "grants": (), "statistics": None})
            return replace(thing, column=column)
        case Trigger() | Rule():
            return thing.model_copy(update={"enabled": Firing.ORIGIN, "comment": None})
        case EventTrigger():
            return thing.model_copy(update={"enabled": Firing.ORIGIN, "comment": None, "owner": role})
        case Statistics():
            return thing.model_copy(update={"target": None, "comment": None, "owner": role})
        case Constraint() | Policy() | Index():
            return thing.model_copy(update={"comment": None})
        case Domain():
            checks = tuple(each for each in thing.constraints if each.valid)
            rights = at_birth(element.key, role, catalog)
            return thing.model_copy(update={"comment": None, "owner": role, "grants": rights, "constraints": checks})
        case DefaultPrivileges():
            return thing
        case Schema():
            return thing.model_copy(update={"comment": None, "owner": role, "grants": ()})
        case _:
            return _other(element, role, catalog)


def _other(element: Element, role: str, catalog: Catalog) -> Thing:
    """Kinds of which only owner, rights and comment are not in their CREATE."""
    thing = element.thing
    if isinstance(thing, TableColumn | Default | Marked | Ownership):
        return thing
    fields = type(thing).model_fields
    bare: dict[str, object] = {"comment": None}
    if "owner" in fields:
        bare["owner"] = role
    if "grants" in fields:
        bare["grants"] = at_birth(element.key, role, catalog)
    return thing.model_copy(update={field: value for field, value in bare.items() if field in fields})
