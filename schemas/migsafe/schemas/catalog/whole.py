"""The catalog of a database: everything that a migration can change."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.catalog.identity import CatalogKind, Dependency, Grant, ObjectIdentity
from migsafe.schemas.catalog.parts import Firing, Policy, Trigger
from migsafe.schemas.catalog.programs import CompositeType, Domain, EnumType, RangeType, Routine
from migsafe.schemas.catalog.relations import Sequence, Table, View
from migsafe.schemas.document import Document
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator


class Schema(Document):
    """A schema that the migrations manage."""

    name: str
    """Unquoted."""
    owner: str
    """Unquoted."""
    grants: tuple[Grant, ...]
    """Without the owner's own where he has all rights."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.SCHEMA, name=quoted(self.name))


class Extension(Document):
    """An extension; what belongs to it is not in the catalog."""

    name: str
    """Unquoted."""
    version: str
    """The installed one."""
    schema_name: str
    """The schema of its objects, unquoted."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.EXTENSION, name=quoted(self.name))


class PublishedTable(Document):
    """A table of a publication."""

    table: str
    """Qualified and quoted."""
    columns: tuple[str, ...] | None
    """Unquoted, sorted; null for all of them (PG 15)."""
    where: str | None
    """The row filter (PG 15)."""


class Publication(Document):
    """A publication."""

    name: str
    """Unquoted."""
    owner: str
    """Unquoted."""
    all_tables: bool
    """FOR ALL TABLES."""
    schemas: tuple[str, ...]
    """FOR TABLES IN SCHEMA (PG 15), unquoted, sorted."""
    tables: tuple[PublishedTable, ...]
    """Sorted by name."""
    operations: tuple[str, ...]
    """Of `insert`, `update`, `delete`, `truncate`."""
    via_root: bool
    """publish_via_partition_root."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.PUBLICATION, name=quoted(self.name))


class EventTrigger(Document):
    """An event trigger."""

    name: str
    """Unquoted."""
    owner: str
    """Unquoted."""
    event: str
    """`ddl_command_end`, ..."""
    function: str
    """What it calls, qualified and quoted, without arguments."""
    enabled: Firing
    """In which sessions it fires."""
    tags: tuple[str, ...]
    """The commands that it waits for; empty for all."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.EVENT_TRIGGER, name=quoted(self.name))


class DefaultPrivileges(Document):
    """ALTER DEFAULT PRIVILEGES: what new objects of a role come with."""

    role: str
    """Whose new objects, unquoted."""
    schema_name: str | None
    """In which schema, unquoted; null for everywhere."""
    objects: str
    """`tables`, `sequences`, `functions`, `types`, `schemas`, `large objects`."""
    grants: tuple[Grant, ...]
    """In a schema what is added; everywhere all there is, without the role's own where it has all rights."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is: `orders_owner in schema public on tables`."""
        where = "" if self.schema_name is None else f" in schema {quoted(self.schema_name)}"
        return ObjectIdentity(
            kind=CatalogKind.DEFAULT_PRIVILEGES, name=f"for {quoted(self.role)}{where} on {self.objects}"
        )


class OtherObject(Document):
    """An object of a rare kind."""

    kind: CatalogKind
    """What it is."""
    name: str
    """As SQL names it: `(text AS public.mood)` of a cast, `public.=== (text,text)` of an operator."""
    owner: str | None
    """Unquoted; null for kinds without owner."""
    definition: str
    """All that makes it, as SQL; values of options that may be secret are left out."""
    grants: tuple[Grant, ...]
    """Without the owner's own where he has all rights."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=self.kind, name=self.name)


CatalogObject: TypeAlias = (
    Schema
    | Extension
    | EnumType
    | Domain
    | CompositeType
    | RangeType
    | Sequence
    | Table
    | View
    | Routine
    | Trigger
    | Policy
    | Publication
    | EventTrigger
    | DefaultPrivileges
    | OtherObject
)
"""What a catalog lists on its own; parts of relations stand inside those."""


class Catalog(Document):
    """Everything of a database that a migration can change, of the managed schemas. Equal databases have equal ones.

    Each tuple is sorted by name. Objects that belong to an extension are not there, nor is anything that is numbered
    (OIDs, positions with gaps) or data.
    """

    schemas: tuple[Schema, ...]
    """The managed schemas that exist."""
    extensions: tuple[Extension, ...]
    """Of the whole database."""
    enums: tuple[EnumType, ...]
    domains: tuple[Domain, ...]
    composites: tuple[CompositeType, ...]
    ranges: tuple[RangeType, ...]
    sequences: tuple[Sequence, ...]
    tables: tuple[Table, ...]
    views: tuple[View, ...]
    routines: tuple[Routine, ...]
    triggers: tuple[Trigger, ...]
    """Triggers on tables of other schemas that migrations made, such as on auth.users."""
    policies: tuple[Policy, ...]
    """Policies on tables of other schemas that migrations made, such as on storage.objects."""
    publications: tuple[Publication, ...]
    """Of the whole database, without the platform's own."""
    event_triggers: tuple[EventTrigger, ...]
    """Of the whole database, without the platform's own."""
    default_privileges: tuple[DefaultPrivileges, ...]
    """Of the managed schemas, and those for everywhere."""
    others: tuple[OtherObject, ...]
    """Casts, operators, collations, text search, foreign servers, ..."""
    dependencies: tuple[Dependency, ...]
    """Which objects need which relations, columns, functions and types of the managed schemas."""

    def objects(self) -> Iterator[CatalogObject]:
        """All objects, kind by kind, in an order in which they could be made."""
        yield from self.schemas
        yield from self.extensions
        yield from self.enums
        yield from self.domains
        yield from self.composites
        yield from self.ranges
        yield from self.sequences
        yield from self.tables
        yield from self.views
        yield from self.routines
        yield from self.triggers
        yield from self.policies
        yield from self.publications
        yield from self.event_triggers
        yield from self.default_privileges
        yield from self.others
