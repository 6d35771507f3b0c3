"""What building, rebuilding and cleaning does: indexes, statistics, VACUUM, CLUSTER, materialized views."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, each_of, everywhere, in_partitions, own
from migsafe.planner.schema_state import dependents
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.schema_state import SchemaState

Upkeep: TypeAlias = (
    act.Analyze | act.Cluster | act.CreateIndex | act.Reindex | act.RefreshMaterializedView | act.Truncate | act.Vacuum
)

_STORED = frozenset({"table", "partitioned table", "materialized view"})


def upkeep(action: Upkeep, state: SchemaState) -> Iterator[Part]:  # noqa: C901 - one short case for each action
    """The relations that the action works on; without names, all that are known."""
    match action:
        case act.CreateIndex():
            yield from _create_index(action, state)
        case act.Reindex():
            yield from _reindex(action, state)
        case act.RefreshMaterializedView(name=name, concurrently=concurrently):
            yield own(name, facts.REFRESH_CONCURRENTLY if concurrently else facts.REFRESH)
            known = state.table(name)
            yield from each_of(known.sources if known is not None else (), facts.READ)
        case act.Cluster(table=QualifiedName() as table):
            yield from in_partitions(state, own(table, facts.CLUSTER))
        case act.Cluster():
            return  # which tables were clustered before is not known here: see `unknown`
        case act.Vacuum(tables=names, full=full):
            fact = facts.VACUUM_FULL if full else facts.VACUUM
            for name in names or _all(state):
                yield from in_partitions(state, own(name, fact))
        case act.Analyze(tables=names):
            for name in names or _all(state):
                yield from everywhere(state, own(name, facts.ANALYZE))
        case act.Truncate():
            yield from _truncate(action, state)


def _all(state: SchemaState, schema: str | None = None) -> list[QualifiedName]:
    return [
        name
        for name, known in state.tables.items()
        if known.kind in _STORED and schema in {None, name.schema} and known.partition_of is None
    ]


def _create_index(action: act.CreateIndex, state: SchemaState) -> Iterator[Part]:
    if action.concurrently:
        yield own(action.table, facts.CREATE_INDEX_CONCURRENTLY)
    elif action.only:
        partitioned = bool(state.below(action.table)) or state.table(action.table) is None
        known = state.table(action.table)
        partitioned = partitioned or (known is not None and known.kind == "partitioned table")
        yield own(action.table, facts.CREATE_INDEX_ONLY if partitioned else facts.CREATE_INDEX)
    else:
        yield from in_partitions(state, own(action.table, facts.CREATE_INDEX))


def _reindex(action: act.Reindex, state: SchemaState) -> Iterator[Part]:
    fact = facts.REINDEX_CONCURRENTLY if action.concurrently else facts.REINDEX
    match action.kind, action.name:
        case "index", QualifiedName() as name:
            table = state.table_of_index(name)
            if table is not None:
                yield from in_partitions(state, own(table, fact))
            if not action.concurrently:
                yield own(name, facts.REINDEXED)
        case "table", QualifiedName() as name:
            yield from _reindex_table(state, name, action)
        case "schema", QualifiedName(name=schema):
            for table in _all(state, schema):
                yield from _reindex_table(state, table, action)
        case "database", _:
            for table in _all(state):
                yield from _reindex_table(state, table, action)
        case _:
            return  # the system catalogs alone


def _reindex_table(state: SchemaState, table: QualifiedName, action: act.Reindex) -> Iterator[Part]:
    fact = facts.REINDEX_CONCURRENTLY if action.concurrently else facts.REINDEX
    for part in in_partitions(state, own(table, fact)):
        yield part
        if not action.concurrently:
            yield from each_of(state.indexes_of(part.relation), facts.REINDEXED)


def _truncate(action: act.Truncate, state: SchemaState) -> Iterator[Part]:
    """By CASCADE all tables that refer to one that is emptied, at any distance."""
    found: dict[QualifiedName, None] = dict.fromkeys(map(state.qualified, action.tables))
    waiting = list(found)
    while waiting and action.cascade:
        table = waiting.pop()
        new = [name for name in dependents.referencing(state, table) if name not in found]
        found.update(dict.fromkeys(new))
        waiting.extend(new)
    for name in found:
        for part in everywhere(state, own(name, facts.TRUNCATE)):
            yield part
            if action.restart_identity:
                yield from each_of(dependents.sequences_of(state, part.relation), facts.RESTART_SEQUENCE)
