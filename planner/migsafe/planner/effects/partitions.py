"""What making, attaching and detaching partitions and children does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.effects import bounds
from migsafe.planner.effects import table as facts
from migsafe.planner.effects.part import Part, beside, own
from migsafe.planner.schema_state import dependents
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import AttachPartition, DetachPartition, Inherit
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName


def attach(action: AttachPartition, state: SchemaState) -> Iterator[Part]:
    """ATTACH PARTITION: rows are read unless CHECKs prove the bound, and for keys that the partition lacks."""
    yield own(action.parent, facts.ATTACH_PARTITION)
    proven = proves_bound(state, action.parent, action.partition, action.bound)
    for name in (action.partition, *state.below(action.partition)):
        scan = not proven or bool(_keys(state, action.parent)) or _lacks_index(state, action)
        yield Part(name, Lock.ACCESS_EXCLUSIVE, scan=scan)
    yield from _default(state, action.parent, action.bound)
    for referenced in _keys(state, action.parent):
        yield Part(referenced, Lock.SHARE_ROW_EXCLUSIVE, scan=True)


def proves_bound(state: SchemaState, parent: QualifiedName, partition: QualifiedName, bound: Expression | None) -> bool:
    """Whether valid CHECKs of the table say that its rows fit the bound, so that ATTACH PARTITION reads nothing."""
    above, below = state.table(parent), state.table(partition)
    if above is None or below is None or bound is None or len(above.partition_columns) != 1:
        return False
    asked = bounds.wanted(bound.node)
    return asked is not None and bounds.implies(bounds.told(below, above.partition_columns[0]), asked)


def _keys(state: SchemaState, parent: QualifiedName) -> tuple[QualifiedName, ...]:
    """What the foreign keys of a partitioned table refer to: each partition gets them too."""
    return state.references(parent)


def _lacks_index(state: SchemaState, action: AttachPartition) -> bool:
    """Whether an index of the parent has no twin in the partition, so that it is built."""
    twins = [(each.columns, each.unique) for each in state.indexes_of(action.partition).values()]
    return any((each.columns, each.unique) not in twins for each in state.indexes_of(action.parent).values())


def _default(state: SchemaState, parent: QualifiedName, bound: Expression | None) -> Iterator[Part]:
    """The DEFAULT partition is read for rows that belong to the new one, unless its CHECKs exclude them."""
    default = dependents.default_partition(state, parent)
    above, known = state.table(parent), state.tables.get(default) if default is not None else None
    if default is None or bound is None or above is None or known is None:
        return
    asked = bounds.wanted(bound.node) if len(above.partition_columns) == 1 else None
    spared = asked is not None and bounds.excludes(bounds.told(known, above.partition_columns[0]), asked)
    yield Part(default, Lock.ACCESS_EXCLUSIVE, scan=not spared)


def created(state: SchemaState, parent: QualifiedName, bound: Expression | None) -> Iterator[Part]:
    """CREATE TABLE ... PARTITION OF on the parent, its DEFAULT partition, and what its foreign keys refer to."""
    yield beside(parent, facts.CREATE_PARTITION)
    yield from _default(state, parent, bound)
    for referenced in _keys(state, parent):
        yield beside(referenced, facts.CREATE_TABLE)


def detach(action: DetachPartition, state: SchemaState) -> Iterator[Part]:
    """DETACH PARTITION: the DEFAULT partition is locked as well; CONCURRENTLY is refused where there is one."""
    quiet = action.concurrently or action.finalize
    fact = facts.DETACH_PARTITION_CONCURRENTLY if quiet else facts.DETACH_PARTITION
    yield own(action.parent, fact)
    on_13 = state.major == 13 and not quiet  # noqa: PLR2004 - the major before the one that changed it
    yield Part(action.partition, Lock.SHARE_UPDATE_EXCLUSIVE if on_13 else fact.other)
    default = dependents.default_partition(state, action.parent)
    if default is not None and not quiet:
        yield beside(default, fact)
    for referenced in _keys(state, action.parent):
        yield beside(referenced, facts.CREATE_TABLE)


def inherit(action: Inherit, state: SchemaState) -> Iterator[Part]:
    """INHERIT and NO INHERIT."""
    del state
    yield own(action.table, facts.INHERIT)
    yield beside(action.parent, facts.INHERIT) if action.inherit else own(action.parent, facts.READ)
