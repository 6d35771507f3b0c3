"""What reading and writing rows does."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, each_of, everywhere, own
from migsafe.planner.tree import unwrap, word
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.schema_state import SchemaState

Rows: TypeAlias = act.Insert | act.Update | act.Delete | act.Merge | act.Copy | act.Select | act.LockTable


def rows(action: Rows, state: SchemaState) -> Iterator[Part]:
    """The tables that are read and written; partitions and children are read with their table."""
    match action:
        case act.Update(table=table, sources=sources):
            yield from everywhere(state, own(table, facts.UPDATE_ALL if every_row(action, state) else facts.WRITE))
            yield from each_of(sources, facts.READ)
        case act.Delete(table=table, sources=sources):
            every = every_row(action, state)
            yield from everywhere(state, own(table, facts.DELETE_ALL if every else facts.DELETE))
            yield from each_of(sources, facts.READ)
        case act.Insert(table=table, sources=sources) | act.Merge(table=table, sources=sources):
            yield own(table, facts.WRITE)
            yield from each_of(sources, facts.READ)
        case act.Copy(table=QualifiedName() as table, is_from=is_from):
            yield own(table, facts.WRITE if is_from else facts.READ)
        case act.Select(sources=sources, locks_rows=locks_rows):
            yield from each_of(sources, facts.LOCK_ROWS if locks_rows else facts.READ)
        case act.LockTable(tables=names, mode=mode):
            for name in names:
                known = state.table(name)
                beneath = known.sources if known is not None and known.kind == "view" else ()
                for each in (name, *beneath):
                    yield from everywhere(state, Part(each, mode))
        case _:
            return


def every_row(action: act.Update | act.Delete, state: SchemaState) -> bool:
    """Whether its condition spares no row: it has none, one that is always true, or a NOT NULL column IS NOT NULL."""
    if action.every_row or action.where is None:
        return action.every_row
    kind, test = unwrap(action.where.node)
    if kind != "NullTest" or word(test, "nulltesttype") != "IS_NOT_NULL":
        return False
    return any(
        known is not None and known.not_null
        for known in (state.column(action.table, column) for column in action.where.columns)
    )
