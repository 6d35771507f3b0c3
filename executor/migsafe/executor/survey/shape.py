"""The shape of relations as one hash each."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog, read_named
from migsafe.schemas.catalog.fingerprint import object_fingerprints
from migsafe.schemas.names import parsed
from migsafe.schemas.problem import Locked
from migsafe.schemas.target import ObjectFingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.schemas.catalog import Catalog

ABSENT = "absent"
"""The fingerprint of what does not exist."""


def fingerprints(connection: psycopg.Connection, names: tuple[str, ...]) -> tuple[ObjectFingerprint, ...]:
    """The shapes of these relations, in this order; `absent` where there is none.

    Names are `schema.name`, quoted as in SQL. Works in an open transaction too, and leaves its settings as they were.
    Raises Locked where a relation stays locked for five seconds.
    """
    with connection.transaction(force_rollback=True), same_spelling(connection):
        wanted = {name: parsed(name) for name in names}
        catalog = read_named(connection, tuple(wanted.values()))
    found = {one.object: one.fingerprint for one in object_fingerprints(catalog)}
    return tuple(ObjectFingerprint(object=name, fingerprint=found.get(str(wanted[name]), ABSENT)) for name in names)


def present_catalog(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Catalog:
    """The catalog of this moment; `connection` is outside a transaction. Raises Locked as `fingerprints` does."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with same_spelling(connection):
            return read_catalog(connection, schemas)


@contextmanager
def same_spelling(connection: psycopg.Connection) -> Iterator[None]:
    """Until the transaction or savepoint is rolled back, the server spells every definition in one way."""
    from psycopg import errors  # noqa: PLC0415 - slow to import

    connection.execute(own("settings.sql"))
    try:
        yield
    except errors.LockNotAvailable as error:
        raise Locked(
            "the target cannot be looked at: a session holds an exclusive lock on one of its tables",
            why="it was waited for five seconds",
            remedy="see who it is: migsafe doctor",
        ) from error


def own(name: str) -> bytes:
    """A query of this folder."""
    return files(__package__).joinpath(name).read_bytes()
