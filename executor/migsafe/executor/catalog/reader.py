"""Reads the catalog of a database into one document."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.executor.catalog.dependencies import dependencies
from migsafe.executor.catalog.documents import sorted_documents
from migsafe.executor.catalog.gather import Gathered
from migsafe.executor.catalog.relations import Relations
from migsafe.executor.catalog.rest import (
    PUBLISHES_SCHEMAS,
    SHOWS_SUBSCRIPTIONS,
    default_privileges,
    others,
    publications,
)
from migsafe.executor.catalog.types import Types
from migsafe.schemas.catalog import Catalog, EventTrigger, Extension, Routine, Schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.schemas.catalog import Dependency
    from migsafe.schemas.names import QualifiedName


OF_RELATIONS = (
    "comments.sql",
    "grants.sql",
    "columns.sql",
    "constraints.sql",
    "indexes.sql",
    "triggers.sql",
    "policies.sql",
    "rules.sql",
    "statistics.sql",
    "parents.sql",
    "tables.sql",
    "reads.sql",
    "views.sql",
    "sequences.sql",
)
"""What tells of tables, views and sequences."""

OF_THE_REST = (
    "schemas.sql",
    "extensions.sql",
    "types.sql",
    "domain_constraints.sql",
    "attributes.sql",
    "routines.sql",
    "published_tables.sql",
    "publications.sql",
    "event_triggers.sql",
    "default_privileges.sql",
    "others.sql",
)

OF_DEPENDENCIES = ("members.sql", "member_parts.sql", "needs.sql")
"""What tells which objects need which."""


def read_catalog(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Catalog:
    """All that migrations of these schemas can change, of one moment. Only within `same_spelling`.

    What has no schema (extensions, publications, event triggers, casts, servers) is read for the whole database.
    Of other schemas there are only the triggers and policies that migrations put on their tables.
    """
    with uncollected():
        gathered = Gathered(connection, schemas, (), (*_queries(connection), *OF_DEPENDENCIES))
        return _catalog(gathered, dependencies(gathered))


def read_objects(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Catalog:
    """The same without dependencies, which follow from the objects: enough to compare. A third less work."""
    with uncollected():
        return _catalog(Gathered(connection, schemas, (), _queries(connection)), ())


def _queries(connection: psycopg.Connection) -> tuple[str, ...]:
    version = connection.info.server_version
    since_14 = ("subscriptions.sql",) if version >= SHOWS_SUBSCRIPTIONS else ()
    since_15 = ("published_schemas.sql",) if version >= PUBLISHES_SCHEMAS else ()
    return (*OF_RELATIONS, *OF_THE_REST, *since_14, *since_15)


def _catalog(gathered: Gathered, needs: tuple[Dependency, ...]) -> Catalog:
    relations, types = Relations(gathered), Types(gathered)
    return Catalog(
        schemas=sorted_documents(Schema, gathered.granted("schemas.sql", "pg_namespace")),
        extensions=sorted_documents(Extension, gathered.rows("extensions.sql")),
        enums=types.enums(),
        domains=types.domains(),
        composites=types.composites(),
        ranges=types.ranges(),
        sequences=relations.sequences(),
        tables=relations.tables(),
        views=relations.views(),
        routines=sorted_documents(Routine, gathered.granted("routines.sql", "pg_proc"), "name", "arguments"),
        triggers=relations.triggers_elsewhere(),
        policies=relations.policies_elsewhere(),
        publications=publications(gathered),
        event_triggers=sorted_documents(EventTrigger, gathered.commented("event_triggers.sql", "pg_event_trigger")),
        default_privileges=default_privileges(gathered),
        others=others(gathered),
        dependencies=needs,
    )


def read_named(connection: psycopg.Connection, names: tuple[QualifiedName, ...]) -> Catalog:
    """The relations of these names alone, as `read_catalog` would tell of them. Only within `same_spelling`.

    The name of an index brings its table.
    """
    relations = Relations(Gathered(connection, (), names, OF_RELATIONS))
    found = {"tables": relations.tables(), "views": relations.views(), "sequences": relations.sequences()}
    return Catalog.model_validate(dict.fromkeys(Catalog.model_fields, ()) | found)


@contextmanager
def uncollected() -> Iterator[None]:
    """No collection of cycles within the block.

    A catalog is hundreds of thousands of objects that stay and make no cycles; to walk over them again and again while
    they are made takes longer than to make them.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
