"""What the plan knows of the schema at one moment of its walk over the statements, and where that knowledge begins."""

from __future__ import annotations

from migsafe.planner.schema_state.indexes import Indexes
from migsafe.planner.schema_state.origin import of_facts, of_target, with_history
from migsafe.planner.schema_state.state import FEW_ROWS, SchemaState
from migsafe.planner.state_objects import (
    ColumnState,
    ConstraintState,
    FunctionState,
    IndexState,
    PolicyState,
    PublicationState,
    SequenceState,
    TableState,
    TriggerState,
    TypeState,
)
from migsafe.planner.users import User

__all__ = [
    "FEW_ROWS",
    "ColumnState",
    "ConstraintState",
    "FunctionState",
    "IndexState",
    "Indexes",
    "PolicyState",
    "PublicationState",
    "SchemaState",
    "SequenceState",
    "TableState",
    "TriggerState",
    "TypeState",
    "User",
    "of_facts",
    "of_target",
    "with_history",
]
