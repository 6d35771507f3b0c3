"""The target: which database a plan is for, and what was found there."""

from __future__ import annotations

from migsafe.schemas.catalog import Catalog
from migsafe.schemas.document import Document
from migsafe.schemas.ledger import LedgerState
from migsafe.schemas.live import LiveFacts


class TargetIdentity(Document):
    """What tells one database from every other."""

    system_identifier: str
    """`pg_control_system().system_identifier`: differs for every initdb; shared by physical copies."""
    database_oid: int
    """OID of the database within its cluster: differs for copies made by CREATE DATABASE ... TEMPLATE."""
    database: str
    """Name of the database."""
    lineage: str | None
    """Random id of the ledger, written when migsafe first applied something; null before that."""


class ObjectFingerprint(Document):
    """The shape of one object that the plan touches."""

    object: str
    """A relation, qualified and quoted as in SQL; others with their kind in front: `function public.f(integer)`."""
    fingerprint: str
    """SHA-256 of all that makes it, of a table with every part of it; `absent` where it does not exist."""


class RelationFacts(Document):
    """What is known of one relation of the target."""

    relation: str
    """Qualified and quoted as in SQL."""
    kind: str
    """`table`, `partitioned table`, `view`, `materialized view`, `index`, `sequence`, `foreign table`."""
    rows: int
    """Rows by `pg_class.reltuples`, or by the live count of `pg_stat` where that is larger; -1 unknown."""
    bytes: int
    """Size with its indexes and TOAST (`pg_total_relation_size`)."""
    row_security: bool
    """Whether row level security is enabled."""
    owner: str
    """The role that owns it."""


class ForeignMigration(Document):
    """A row of another tool's history on the same target."""

    tool: str
    """Whose history: `supabase`."""
    label: str
    """The version as that tool recorded it."""
    name: str
    """The name as that tool recorded it; empty where it records none."""


class SessionFacts(Document):
    """What the connection itself is like."""

    server_version: int
    """`server_version_num`, e.g. 170010."""
    role: str
    """The role that connected."""
    superuser: bool
    """Whether that role is a superuser."""
    read_only: bool
    """Whether transactions are read-only by default here."""
    standby: bool
    """Whether the server is in recovery."""
    pooled: bool
    """Whether a transaction-mode pooler stands between (session state did not survive)."""


class TargetFacts(Document):
    """Everything that planning needs to know of the target, read in one read-only transaction."""

    identity: TargetIdentity
    """Which database it is."""
    session: SessionFacts
    """What the connection is like."""
    ledger: LedgerState
    """What migsafe's own history says."""
    foreign: tuple[ForeignMigration, ...]
    """What another tool's history says, in its order."""
    relations: tuple[RelationFacts, ...]
    """The relations of the managed schemas."""
    catalog: Catalog
    """Everything of the managed schemas that a migration can change."""
    fingerprints: tuple[ObjectFingerprint, ...]
    """The shape of each object of the catalog."""
    live: LiveFacts | None
    """What goes on in it; null where nobody asked for that, since it takes a moment."""
