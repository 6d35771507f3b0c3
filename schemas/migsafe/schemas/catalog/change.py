"""One change between two catalogs."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from migsafe.schemas.catalog.identity import ObjectIdentity
from migsafe.schemas.document import Document

Value: TypeAlias = bool | int | str | tuple[str, ...] | None
"""What a field of an object can hold, as far as changes show it."""


class What(StrEnum):
    """What happened to an object."""

    CREATED = "created"
    DROPPED = "dropped"
    CHANGED = "changed"


class Change(Document):
    """One thing that differs between two catalogs. A rename shows as a drop and a creation."""

    what: What
    """What happened to it. The parts of an object that was created or dropped are no changes of their own."""
    object: ObjectIdentity
    """The object, or the part of one: `column note of public.orders`."""
    within: ObjectIdentity
    """The object that the catalog lists and that holds the part; `object` itself where it is no part."""
    field: str | None
    """The changed field, as the document of its kind names it; `order` of columns; null for created and dropped."""
    role: str | None
    """Of a change of `grants` whose rights they are, unquoted."""
    old: Value
    """What it was; null where it was nothing, and for created and dropped."""
    new: Value
    """What it is."""
    sentence: str
    """The change in words: `column public.orders.note added, text, nullable`."""


class DriftedObject(Document):
    """An object that is not as it should be."""

    object: str
    """Which, with its kind: `table public.orders`."""
    changes: tuple[Change, ...]
    """What differs, with a sentence each."""
