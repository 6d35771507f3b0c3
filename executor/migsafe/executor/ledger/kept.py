"""The catalog that the last run left, kept beside the ledger so that drift can be told in words."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from migsafe.executor.ledger.entries import CatalogLeft
from migsafe.executor.ledger.read import story
from migsafe.schemas.catalog import Catalog
from migsafe.schemas.catalog.fingerprint import overall_fingerprint
from migsafe.schemas.document import Document

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.ledger.fold import LeftTold


class KeptCatalog(Document):
    """A catalog and how it was read."""

    schemas: tuple[str, ...]
    """The managed schemas of that time."""
    server_version: int
    """`server_version_num`: another major spells some definitions otherwise."""
    catalog: Catalog
    """Without dependencies, which follow from the objects."""


@dataclass(frozen=True, slots=True)
class Left:
    """How the catalog should be: as a run left it, or as somebody accepted it."""

    kept: KeptCatalog
    run: str | None
    """The run that left it; None where somebody accepted it."""
    actor: str
    at: str
    """When, ISO 8601, by the server's clock."""
    broke_off: str | None
    """A run that stopped since with some of its work done."""


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """Nobody can say how the catalog should be."""

    why: str


def keep(connection: psycopg.Connection, kept: KeptCatalog) -> CatalogLeft:
    """Keep a catalog in the open transaction, in place of the one before; what the entry says of it.

    About 80 bytes an object are stored: 2,000 tables of ten columns take 160 KB.
    """
    slim = kept.model_copy(update={"catalog": kept.catalog.model_copy(update={"dependencies": ()})})
    document = zlib.compress(slim.model_dump_json().encode())
    content = hashlib.sha256(document).hexdigest()
    connection.execute("DELETE FROM migsafe.catalog")
    connection.execute("INSERT INTO migsafe.catalog (content, document) VALUES (%s, %s)", [content, document])
    return CatalogLeft(fingerprint=overall_fingerprint(kept.catalog), content=content)


def left(connection: psycopg.Connection) -> Left | NothingLeft:
    """How the catalog should be by the ledger. Changes nothing, works in an open transaction. Raises as `read`."""
    told = story(connection)
    if told is None:
        return NothingLeft("migsafe has not changed this database yet")
    if told.broken_at is not None:
        return NothingLeft(f"entry {told.broken_at} of the ledger was changed by hand")
    if told.left is None:
        return NothingLeft("no run has come to its end here")
    if told.left.catalog is None:
        return NothingLeft("the last run recorded no catalog: it was an older migsafe, or the catalog was locked")
    return _opened(connection, told.left, told.left.catalog.content, told.broke_off_since())


def _opened(connection: psycopg.Connection, told: LeftTold, content: str, broke_off: str | None) -> Left | NothingLeft:
    document = _document(connection, content)
    if document is None or hashlib.sha256(document).hexdigest() != content:
        return NothingLeft("the kept catalog is not the one that the ledger names: somebody changed migsafe.catalog")
    try:
        kept = KeptCatalog.model_validate_json(zlib.decompress(document))
    except ValidationError:
        return NothingLeft("the catalog was kept by a migsafe that read other things of it")
    return Left(kept, told.run, told.actor, told.at, broke_off)


def _document(connection: psycopg.Connection, content: str) -> bytes | None:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    try:
        with connection.transaction():
            row = connection.execute("SELECT document FROM migsafe.catalog WHERE content = %s", [content]).fetchone()
    except errors.UndefinedTable:
        return None
    return None if row is None else bytes(row[0])
