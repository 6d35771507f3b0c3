"""The columns that a statement gives a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.typename import TypeName
    from migsafe.schemas.names import QualifiedName

COLUMNS = (act.CreateTable, act.AddColumn, act.AlterColumnType)
"""The actions that give a column a type."""


def written(action: act.Action) -> Iterator[tuple[QualifiedName, str, TypeName]]:
    """The table, the column and its type; arrays too, by the type of their elements."""
    match action:
        case act.CreateTable(name=table, columns=columns, temporary=False):
            yield from ((table, column.name, column.type) for column in columns if column.type is not None)
        case act.AddColumn(table=table, column=column) if column.type is not None:
            yield table, column.name, column.type
        case act.AlterColumnType(table=table, column=name, type=kind):
            yield table, name, kind
        case _:
            pass
