"""Partitions that are attached to their parent and detached from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import Expression
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, relation_at, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class AttachPartition:
    """ALTER TABLE or ALTER INDEX ... ATTACH PARTITION."""

    parent: QualifiedName
    partition: QualifiedName
    index: bool
    """Both are indexes."""
    default: bool
    bound: Expression | None = None
    """The PartitionBoundSpec; None for indexes and for DEFAULT."""


@value
class DetachPartition:
    """ALTER TABLE ... DETACH PARTITION."""

    parent: QualifiedName
    partition: QualifiedName
    concurrently: bool
    finalize: bool


def attach_partition(parent: QualifiedName, command: Node) -> AttachPartition:
    """ATTACH PARTITION of an AlterTableCmd; only indexes have no bound."""
    partition = inner(inner(command, "def"), "PartitionCmd")
    bound = inner(partition, "bound")
    default = flag(bound, "is_default")
    spec = Expression({"PartitionBoundSpec": bound}) if bound and not default else None
    return AttachPartition(parent, relation_at(partition, "name"), not bound, default, spec)


def detach_partition(parent: QualifiedName, command: Node) -> DetachPartition:
    """DETACH PARTITION of an AlterTableCmd."""
    partition = inner(inner(command, "def"), "PartitionCmd")
    finalize = word(command, "subtype") == "AT_DetachPartitionFinalize"
    return DetachPartition(parent, relation_at(partition, "name"), flag(partition, "concurrent"), finalize)
