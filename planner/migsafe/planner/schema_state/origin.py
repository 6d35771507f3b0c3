"""The state before the first statement: what the target and the applied migrations tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.schema_state.state import SchemaState
from migsafe.planner.state_objects import TableState
from migsafe.schemas.names import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.schemas.target import RelationFacts


def of_target(relations: Iterable[RelationFacts], schemas: Iterable[str]) -> SchemaState:
    """The state of a target before the plan: its relations, which are all that there are in `schemas`."""
    state = SchemaState(complete=frozenset(schemas))
    for facts in relations:
        if facts.kind in {"index", "sequence"}:
            continue
        rows = facts.rows if facts.rows >= 0 else None
        state.tables[parsed(facts.relation)] = TableState(
            facts.kind, rows=rows, bytes=facts.bytes, owner=facts.owner, row_security=facts.row_security
        )
    return state


def with_history(state: SchemaState, history: SchemaState) -> SchemaState:
    """`state` with the columns, constraints and indexes of `history`, which the applied migrations tell of.

    Sizes, owners and row level security stay as the target has them; tables that the target lacks are left out.
    """
    merged = state.copy()
    for name, told in history.tables.items():
        known = merged.change(name)
        if known is not None:
            _tell(known, told)
    merged.indexes.update({name: index for name, index in history.indexes.items() if index.table in merged.tables})
    merged.heirs = {
        parent: tuple(heir for heir in heirs if heir in merged.tables) for parent, heirs in history.heirs.items()
    }
    merged.functions, merged.types = dict(history.functions), dict(history.types)
    merged.extensions, merged.publications = dict(history.extensions), dict(history.publications)
    merged.sequences, merged.default_granted = dict(history.sequences), dict(history.default_granted)
    merged.default_revoked = history.default_revoked
    return merged


def _tell(known: TableState, told: TableState) -> None:
    known.columns, known.constraints = dict(told.columns), dict(told.constraints)
    known.policies, known.triggers, known.granted = dict(told.policies), dict(told.triggers), dict(told.granted)
    known.row_security_forced, known.replica_identity = told.row_security_forced, told.replica_identity
    known.partition_of, known.partition_bound_default = told.partition_of, told.partition_bound_default
    known.partitioned_by, known.partition_columns = told.partitioned_by, told.partition_columns
    known.inherits, known.unlogged, known.of_type = told.inherits, told.unlogged, told.of_type
    known.sources, known.source_columns = told.sources, told.source_columns
    known.security_invoker = told.security_invoker
