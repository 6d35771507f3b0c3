"""Reads all facts of the target in one read-only transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog
from migsafe.executor.connect import require_known, session_facts
from migsafe.executor.ledger import read, supabase
from migsafe.executor.survey.live import live_facts
from migsafe.executor.survey.shape import own, same_spelling
from migsafe.schemas.catalog.fingerprint import object_fingerprints
from migsafe.schemas.names import QualifiedName, quoted
from migsafe.schemas.problem import Refusal
from migsafe.schemas.target import ForeignMigration, RelationFacts, TargetFacts, TargetIdentity

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.live import Sampling


class IdentityHidden(Refusal):
    """The server does not say which one it is."""


class ForeignHistoryHidden(Refusal):
    """Another tool's history is there and cannot be read."""


def survey(connection: psycopg.Connection, schemas: tuple[str, ...], sampling: Sampling | None = None) -> TargetFacts:
    """Everything that planning needs to know, of one moment; live facts too where `sampling` says how to take them.

    `connection` is in autocommit mode, outside a transaction; `schemas` are those that the migrations manage. Nothing
    is changed. Raises TooOld, IdentityHidden, ForeignHistoryHidden, Locked and what `ledger.read` raises.
    """
    session = session_facts(connection)
    require_known(session)
    live = None if sampling is None else live_facts(connection, schemas, sampling)
    with connection.transaction(force_rollback=True):
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with same_spelling(connection):
            ledger = read(connection)
            catalog = read_catalog(connection, schemas)
            return TargetFacts(
                identity=identity(connection, ledger.lineage),
                session=session,
                ledger=ledger,
                foreign=_foreign(connection),
                relations=_relations(connection, schemas),
                catalog=catalog,
                fingerprints=object_fingerprints(catalog),
                live=live,
            )


def identity(connection: psycopg.Connection, lineage: str | None) -> TargetIdentity:
    """Which database it is; `lineage` is the ledger's. Raises IdentityHidden."""
    from psycopg import errors  # noqa: PLC0415 - slow to import

    try:
        row = connection.execute(own("identity.sql")).fetchone()
    except errors.InsufficientPrivilege as error:
        raise _hidden(connection.info.user) from error
    if row is None:
        raise _hidden(connection.info.user)
    system_identifier, oid, name = row
    return TargetIdentity(system_identifier=system_identifier, database_oid=oid, database=name, lineage=lineage)


def _hidden(user: str) -> IdentityHidden:
    return IdentityHidden(
        "the server does not tell which cluster it is",
        why=f"{user} may not call pg_control_system()",
        remedy=f"as a superuser: GRANT EXECUTE ON FUNCTION pg_control_system() TO {quoted(user)}",
    )


def _foreign(connection: psycopg.Connection) -> tuple[ForeignMigration, ...]:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    try:
        rows = supabase.recorded(connection)
    except errors.InsufficientPrivilege as error:
        raise ForeignHistoryHidden(
            "the Supabase CLI's history cannot be read",
            why=f"{connection.info.user} has no right to supabase_migrations.schema_migrations",
            remedy="connect as the role postgres, or grant that role USAGE on the schema and SELECT on the table",
        ) from error
    return tuple(ForeignMigration(tool="supabase", label=label, name=name) for label, name in rows.items())


def _relations(connection: psycopg.Connection, schemas: tuple[str, ...]) -> tuple[RelationFacts, ...]:
    rows = connection.execute(own("relations.sql"), {"schemas": list(schemas)})
    return tuple(
        RelationFacts(
            relation=str(QualifiedName(name, schema)),
            kind=kind,
            rows=count,
            bytes=size,
            row_security=row_security,
            owner=owner,
        )
        for schema, name, kind, count, size, row_security, owner in rows
    )
