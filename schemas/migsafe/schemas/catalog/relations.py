"""Tables, views and sequences."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from migsafe.schemas.catalog.identity import CatalogKind, ColumnName, Grant, ObjectIdentity
from migsafe.schemas.catalog.parts import Column, Constraint, Index, Policy, Rule, Statistics, Trigger
from migsafe.schemas.document import Document


class Persistence(StrEnum):
    """Whether rows outlive a crash."""

    PERMANENT = "permanent"
    UNLOGGED = "unlogged"


class ReplicaIdentity(StrEnum):
    """What of an old row is sent to subscribers."""

    DEFAULT = "default"
    NOTHING = "nothing"
    FULL = "full"
    INDEX = "index"


class Table(Document):
    """A table, partitioned table or foreign table, with all its parts."""

    name: str
    """Qualified and quoted."""
    kind: Literal[CatalogKind.TABLE, CatalogKind.PARTITIONED_TABLE, CatalogKind.FOREIGN_TABLE]
    """Which of the three."""
    owner: str
    """Unquoted."""
    persistence: Persistence
    """Whether it is UNLOGGED."""
    row_security: bool
    """ENABLE ROW LEVEL SECURITY."""
    force_row_security: bool
    """FORCE ROW LEVEL SECURITY."""
    replica_identity: ReplicaIdentity
    """REPLICA IDENTITY."""
    access_method: str | None
    """`heap`; null for kinds that have none."""
    tablespace: str | None
    """Null where it is the database's."""
    options: tuple[str, ...]
    """`fillfactor=70`, sorted; those of its TOAST table as `toast.autovacuum_enabled=false`."""
    of_type: str | None
    """The type of CREATE TABLE ... OF."""
    partition_key: str | None
    """What stands after PARTITION BY."""
    partition_bound: str | None
    """What makes it a partition: `FOR VALUES ...` or `DEFAULT`."""
    parents: tuple[str, ...]
    """The partitioned table, or what it INHERITS, in order; qualified and quoted."""
    server: str | None
    """Of a foreign table, unquoted."""
    server_options: tuple[str, ...]
    """Of a foreign table; values that may be secret are left out: `table_name=orders`, `password`."""
    columns: tuple[Column, ...]
    """In their order."""
    constraints: tuple[Constraint, ...]
    """Sorted by name, as all that follows."""
    indexes: tuple[Index, ...]
    """Also those behind constraints."""
    triggers: tuple[Trigger, ...]
    """Without those that the server makes for foreign keys."""
    policies: tuple[Policy, ...]
    """Whether row security is enabled or not."""
    rules: tuple[Rule, ...]
    """Rewrite rules."""
    statistics: tuple[Statistics, ...]
    """Extended statistics."""
    grants: tuple[Grant, ...]
    """Rights on the whole table, without the owner's own where he has all of them."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=self.kind, name=self.name)


class Read(Document):
    """What a view reads of one relation."""

    relation: str
    """Qualified and quoted; also one of another schema."""
    columns: tuple[str, ...]
    """Unquoted, sorted; empty where it only counts rows."""


class View(Document):
    """A view or materialized view, with all its parts."""

    name: str
    """Qualified and quoted."""
    kind: Literal[CatalogKind.VIEW, CatalogKind.MATERIALIZED_VIEW]
    """Which of the two."""
    owner: str
    """Unquoted."""
    definition: str
    """The query, with a semicolon at its end."""
    options: tuple[str, ...]
    """`security_invoker=true`, sorted."""
    access_method: str | None
    """Of a materialized view."""
    tablespace: str | None
    """Null where it is the database's."""
    populated: bool
    """False for a materialized view WITH NO DATA."""
    reads: tuple[Read, ...]
    """The relations that it needs, by name."""
    columns: tuple[Column, ...]
    """In their order."""
    indexes: tuple[Index, ...]
    """Of a materialized view; sorted by name, as all that follows."""
    triggers: tuple[Trigger, ...]
    """Also INSTEAD OF."""
    rules: tuple[Rule, ...]
    """Without the one that makes the view."""
    statistics: tuple[Statistics, ...]
    """Extended statistics of a materialized view."""
    grants: tuple[Grant, ...]
    """Rights on the whole view, without the owner's own where he has all of them."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=self.kind, name=self.name)


class Sequence(Document):
    """A sequence; where it stands is data and no part of it."""

    name: str
    """Qualified and quoted."""
    owner: str
    """Unquoted."""
    persistence: Persistence
    """Whether it is UNLOGGED (PG 15)."""
    type: str
    """`bigint`, `integer`, `smallint`."""
    start: int
    """START WITH."""
    increment: int
    """INCREMENT BY."""
    minimum: int
    """MINVALUE."""
    maximum: int
    """MAXVALUE."""
    cache: int
    """CACHE."""
    cycle: bool
    """CYCLE."""
    owned_by: ColumnName | None
    """The column that it goes with."""
    of_identity: bool
    """Whether that is an identity column, so that the sequence cannot be dropped alone."""
    grants: tuple[Grant, ...]
    """Without the owner's own where he has all rights."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.SEQUENCE, name=self.name)
