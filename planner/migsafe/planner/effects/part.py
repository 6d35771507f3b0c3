"""What one action does to one relation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migsafe.schemas.effect import Loss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.effects.table import Fact
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.locks import Lock
    from migsafe.schemas.names import QualifiedName


@dataclass(frozen=True, slots=True)
class Part:
    """A lock on a relation, and what is done under it."""

    relation: QualifiedName
    lock: Lock
    rewrite: bool = False
    scan: bool = False
    index_rebuild: bool = False
    loss: Loss = Loss.NONE
    made: bool = False
    """The action makes the relation."""

    def joined(self, other: Part) -> Part:
        """Both on one relation."""
        return Part(
            self.relation,
            max(self.lock, other.lock, key=lambda lock: lock.strength),
            self.rewrite or other.rewrite,
            self.scan or other.scan,
            self.index_rebuild or other.index_rebuild,
            max(self.loss, other.loss, key=_LOSSES.index),
            self.made or other.made,
        )


_LOSSES = tuple(Loss)


def own(name: QualifiedName, fact: Fact) -> Part:
    """The relation that a row of the lock table is about."""
    return Part(name, fact.lock, fact.rewrite, fact.scan, fact.index_rebuild, fact.loss, fact.makes)


def beside(name: QualifiedName, fact: Fact) -> Part:
    """The other relation of the row: the referenced table, the parent, the partition."""
    return Part(name, fact.other, scan=fact.other_scan)


def everywhere(state: SchemaState, part: Part) -> list[Part]:
    """The part on the table and on the partitions and inheriting tables below it.

    A partitioned table has no rows of its own: where its partitions are known, theirs are what is read and written.
    """
    below = state.below(part.relation)
    known = state.table(part.relation)
    top = part
    if below and known is not None and known.kind == "partitioned table":
        top = replace(part, rewrite=False, scan=False, index_rebuild=False)
    return [top, *(replace(part, relation=name) for name in below)]


def in_partitions(state: SchemaState, part: Part) -> list[Part]:
    """The part on the table and, if it is partitioned, on its partitions: what inheriting tables are spared."""
    known = state.table(part.relation)
    return everywhere(state, part) if known is None or known.kind == "partitioned table" else [part]


def each_of(names: Iterable[QualifiedName], fact: Fact) -> list[Part]:
    """The same row for several relations."""
    return [own(name, fact) for name in names]
