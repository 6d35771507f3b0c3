"""Functions and types."""

from __future__ import annotations

from typing import Literal

from migsafe.schemas.catalog.identity import CatalogKind, Grant, ObjectIdentity
from migsafe.schemas.document import Document


class Routine(Document):
    """A function, procedure or aggregate."""

    name: str
    """Qualified and quoted."""
    arguments: str
    """What tells it from its namesakes, as `pg_get_function_identity_arguments` spells it."""
    kind: Literal[CatalogKind.FUNCTION, CatalogKind.PROCEDURE, CatalogKind.AGGREGATE]
    """Which of the three; a window function is a function."""
    owner: str
    """Unquoted."""
    language: str
    """`sql`, `plpgsql`, ..."""
    returns: str | None
    """The type that it returns; null for procedures."""
    volatility: str
    """`immutable`, `stable`, `volatile`."""
    parallel: str
    """`safe`, `restricted`, `unsafe`."""
    strict: bool
    """RETURNS NULL ON NULL INPUT."""
    security_definer: bool
    """Whether it runs with its owner's rights."""
    leakproof: bool
    """LEAKPROOF."""
    settings: tuple[str, ...]
    """`search_path=""`, sorted."""
    body: str
    """The text between the quotes, as it was written; empty for a body of BEGIN ATOMIC."""
    definition: str
    """The CREATE OR REPLACE FUNCTION, or CREATE AGGREGATE."""
    grants: tuple[Grant, ...]
    """Without the owner's own where he has all rights; `public` stands here by default."""
    comment: str | None
    """Its comment."""

    @property
    def signature(self) -> str:
        """`public.f(integer)`: as DROP and COMMENT want it."""
        return f"{self.name}({self.arguments})"

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=self.kind, name=self.signature)


class EnumType(Document):
    """An enum."""

    name: str
    """Qualified and quoted."""
    owner: str
    """Unquoted."""
    labels: tuple[str, ...]
    """In their order."""
    grants: tuple[Grant, ...]
    """Without the owner's own; `public` stands here by default."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.ENUM, name=self.name)


class DomainConstraint(Document):
    """A CHECK of a domain."""

    name: str
    """Unquoted."""
    valid: bool
    """False for NOT VALID."""
    definition: str
    """What stands after ADD CONSTRAINT name."""
    comment: str | None
    """Its comment."""


class Domain(Document):
    """A domain."""

    name: str
    """Qualified and quoted."""
    owner: str
    """Unquoted."""
    base: str
    """The type beneath."""
    collation: str | None
    """Qualified and quoted; null where it is the base's."""
    not_null: bool
    """NOT NULL."""
    default: str | None
    """The expression."""
    constraints: tuple[DomainConstraint, ...]
    """Sorted by name."""
    grants: tuple[Grant, ...]
    """Without the owner's own; `public` stands here by default."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.DOMAIN, name=self.name)


class Attribute(Document):
    """A field of a composite type."""

    name: str
    """Unquoted."""
    type: str
    """As `format_type` spells it."""
    collation: str | None
    """Qualified and quoted; null where it is the one of the type."""
    comment: str | None
    """Its comment."""


class CompositeType(Document):
    """A type made with CREATE TYPE ... AS ( )."""

    name: str
    """Qualified and quoted."""
    owner: str
    """Unquoted."""
    attributes: tuple[Attribute, ...]
    """In their order."""
    grants: tuple[Grant, ...]
    """Without the owner's own; `public` stands here by default."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.COMPOSITE, name=self.name)


class RangeType(Document):
    """A range type, with its multirange."""

    name: str
    """Qualified and quoted."""
    owner: str
    """Unquoted."""
    subtype: str
    """What it is a range of."""
    definition: str
    """The CREATE TYPE ... AS RANGE."""
    grants: tuple[Grant, ...]
    """Without the owner's own; `public` stands here by default."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.RANGE, name=self.name)
