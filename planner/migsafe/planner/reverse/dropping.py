"""The SQL that drops a piece of a catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.reverse.element import Default, Marked, Ownership, TableColumn
from migsafe.planner.reverse.naming import target
from migsafe.schemas.catalog import CatalogKind, Constraint, DefaultPrivileges, OtherObject
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from migsafe.planner.reverse.element import Element


def dropped(element: Element) -> str:  # noqa: PLR0911 - one line a kind
    """The DROP of a piece; empty where there is nothing to drop."""
    match element.thing:
        case Ownership(sequence=sequence):
            return f"ALTER SEQUENCE {sequence} OWNED BY NONE"
        case TableColumn(table=table, column=column):
            return f"ALTER TABLE {table} DROP COLUMN {quoted(column.name)}"
        case Default(table=table, column=column):
            return f"ALTER TABLE {table} ALTER COLUMN {quoted(column)} DROP DEFAULT"
        case Constraint(table=table, name=name):
            return f"ALTER TABLE {table} DROP CONSTRAINT {quoted(name)}"
        case DefaultPrivileges() | Marked():
            return ""
        case OtherObject(kind=CatalogKind.USER_MAPPING, name=name):
            return f"DROP USER MAPPING {name}"
        case _:
            return f"DROP {target(element.key)}"
