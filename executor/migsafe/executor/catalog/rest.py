"""Publications, default privileges and the rare kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.catalog.documents import sorted_documents
from migsafe.executor.catalog.gather import grouped
from migsafe.schemas.catalog import DefaultPrivileges, OtherObject, Publication, PublishedTable

if TYPE_CHECKING:
    from migsafe.executor.catalog.gather import Gathered

PUBLISHES_SCHEMAS = 150_000
"""The first server_version whose publications can name schemas."""
SHOWS_SUBSCRIPTIONS = 140_000
"""The first server_version that lets an ordinary role read what subscriptions are."""


def publications(gathered: Gathered) -> tuple[Publication, ...]:
    """All publications with what they name."""
    tables = grouped(gathered.rows("published_tables.sql"), "publication")
    named = gathered.rows("published_schemas.sql") if gathered.server_version >= PUBLISHES_SCHEMAS else []
    schemas = grouped(named, "publication")
    rows = gathered.commented("publications.sql", "pg_publication")
    for row in rows:
        row["tables"] = sorted_documents(PublishedTable, tables.get(row["oid"], []), "table")
        row["schemas"] = tuple(schema["name"] for schema in schemas.get(row["oid"], ()))
    return sorted_documents(Publication, rows)


def default_privileges(gathered: Gathered) -> tuple[DefaultPrivileges, ...]:
    """All default privileges of the schemas and for everywhere."""
    rows = gathered.rows("default_privileges.sql")
    for row in rows:
        row["grants"] = gathered.grants("pg_default_acl", row["oid"])
    return sorted_documents(DefaultPrivileges, rows, "role", "schema_name", "objects")


def others(gathered: Gathered) -> tuple[OtherObject, ...]:
    """All objects of the rare kinds."""
    rows = gathered.rows("others.sql")
    if gathered.server_version >= SHOWS_SUBSCRIPTIONS:
        rows = [*rows, *gathered.rows("subscriptions.sql")]
    for row in rows:
        address = row.pop("class"), row["oid"]
        row["comment"] = gathered.comment(str(address[0]), address[1])
        row["grants"] = gathered.grants(str(address[0]), address[1])
    return sorted_documents(OtherObject, rows, "kind", "name")
