"""The state before the first statement: what the target and the applied migrations tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from migsafe.planner.schema_state.state import SchemaState
from migsafe.planner.state_objects import TableState
from migsafe.schemas.names import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.target import RelationFacts, TargetFacts


_Object = TypeVar("_Object")


def of_facts(facts: TargetFacts, schemas: Iterable[str]) -> SchemaState:
    """The state of a target before the plan, as its catalog tells it; `schemas` are those that are known in full."""
    from migsafe.planner.schema_state.catalog import of_catalog  # noqa: PLC0415 - needed only where there is a target

    state = of_target(facts.relations, schemas)
    told = of_catalog(facts.catalog)
    told.complete = state.complete
    told.described = frozenset(schema.name for schema in facts.catalog.schemas)
    told.major = facts.session.server_version // 10_000
    told.server_time_zone = _time_zone(facts)
    told.time_zone = told.server_time_zone
    for name, known in state.tables.items():
        if (table := told.tables.get(name)) is None:
            told.tables[name] = known
        else:
            table.rows, table.bytes = known.rows, known.bytes
    return told


def _time_zone(facts: TargetFacts) -> str | None:
    server = facts.live.server if facts.live is not None else None
    return server.timezone.lower() if server is not None else None


def of_target(relations: Iterable[RelationFacts], schemas: Iterable[str]) -> SchemaState:
    """The state of a target of which only the relations are known, which are all that there are in `schemas`."""
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
    """`state` with what `history`, the applied migrations, tells of schemas that no catalog described.

    Sizes, owners and row level security stay as the target has them; tables that the target lacks are left out.
    """
    merged = state.copy()
    for name, told in history.tables.items():
        if name.schema not in state.described and (known := merged.change(name)) is not None:
            _tell(known, told)
    merged.indexes.update(
        {
            name: index
            for name, index in history.indexes.items()
            if index.table in merged.tables and name.schema not in state.described
        }
    )
    for parent, heirs in history.heirs.items():
        if parent.schema not in state.described:
            merged.heirs[parent] = tuple(heir for heir in heirs if heir in merged.tables)
    merged.functions = _filled(state, state.functions, history.functions)
    merged.types = _filled(state, state.types, history.types)
    merged.sequences = _filled(state, state.sequences, history.sequences)
    if not state.described:
        merged.extensions, merged.publications = dict(history.extensions), dict(history.publications)
        merged.default_granted, merged.default_revoked = dict(history.default_granted), history.default_revoked
    return merged


def _filled(
    state: SchemaState, known: Mapping[QualifiedName, _Object], told: Mapping[QualifiedName, _Object]
) -> dict[QualifiedName, _Object]:
    return {**{name: each for name, each in told.items() if name.schema not in state.described}, **known}


def _tell(known: TableState, told: TableState) -> None:
    known.columns, known.constraints = dict(told.columns), dict(told.constraints)
    known.policies, known.triggers, known.granted = dict(told.policies), dict(told.triggers), dict(told.granted)
    known.row_security_forced, known.replica_identity = told.row_security_forced, told.replica_identity
    known.partition_of, known.partition_bound_default = told.partition_of, told.partition_bound_default
    known.partitioned_by, known.partition_columns = told.partitioned_by, told.partition_columns
    known.inherits, known.unlogged, known.of_type = told.inherits, told.unlogged, told.of_type
    known.sources, known.source_columns = told.sources, told.source_columns
    known.security_invoker, known.told = told.security_invoker, told.told
