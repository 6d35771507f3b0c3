"""Tables that statements speak of before anybody told of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.schema_state import TableState

if TYPE_CHECKING:
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def heard_of(state: SchemaState, name: QualifiedName) -> TableState:
    """The table, to be changed; one that nobody told of is there although no statement made it."""
    known = state.change(name)
    if known is None:
        known = TableState()
        state.put(state.qualified(name), known)
    return known
