"""What the catalog says of a statement outside a transaction: pending, partial, done or drifted."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple, assert_never

from migsafe.schemas.names import QualifiedName
from migsafe.schemas.step import (
    IndexBuilt,
    IndexGone,
    PartitionDetached,
    Repeatable,
    StepState,
    Unobservable,
)

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.step import Observation


class Index(NamedTuple):
    """An index as the catalog has it."""

    oid: int
    name: QualifiedName
    valid: bool
    on_table: bool


class Link(NamedTuple):
    """A partition and its parent as the catalog has them."""

    leaving: bool
    """Whether a DETACH CONCURRENTLY has begun and is not finished."""
    parent: QualifiedName
    partition: QualifiedName


def observe(connection: psycopg.Connection, observation: Observation) -> StepState:
    """How far the statement has come. What the catalog cannot tell is pending."""
    match observation:
        case IndexBuilt(index=name, table=table):
            return _built(index_named(connection, name, table))
        case IndexGone(index=name):
            return _gone(index_named(connection, name, name))
        case PartitionDetached(parent=parent, partition=partition):
            return _attached(link_between(connection, parent, partition))
        case Repeatable() | Unobservable():
            return StepState.PENDING
        case _:
            assert_never(observation)


def index_named(connection: psycopg.Connection, name: str, table: str) -> Index | None:
    """The index of that name, if there is one, and whether it belongs to the table."""
    row = connection.execute(_sql("index.sql"), {"index": name, "table": table}).fetchone()
    return None if row is None else Index(row[0], QualifiedName(row[2], row[1]), row[3], bool(row[4]))


def link_between(connection: psycopg.Connection, parent: str, partition: str) -> Link | None:
    """How the partition hangs on its parent; None where it does not."""
    row = connection.execute(_sql("partition.sql"), {"parent": parent, "partition": partition}).fetchone()
    return None if row is None else Link(row[0], QualifiedName(row[2], row[1]), QualifiedName(row[4], row[3]))


def _built(index: Index | None) -> StepState:
    if index is None:
        return StepState.PENDING
    if not index.on_table:
        return StepState.DRIFTED
    return StepState.DONE if index.valid else StepState.PARTIAL


def _gone(index: Index | None) -> StepState:
    if index is None:
        return StepState.DONE
    # DROP INDEX CONCURRENTLY that broke off leaves the index invalid; it takes the same statement again.
    return StepState.PENDING if index.valid else StepState.PARTIAL


def _attached(link: Link | None) -> StepState:
    if link is None:
        return StepState.DONE
    return StepState.PARTIAL if link.leaving else StepState.PENDING


@cache
def _sql(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
