"""What a table or view consists of: columns, constraints, indexes, triggers, policies, rules, statistics."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.catalog.identity import CatalogKind, Grant, ObjectIdentity
from migsafe.schemas.document import Document
from migsafe.schemas.names import quoted


class IdentityKind(StrEnum):
    """How an identity column takes values of its own."""

    ALWAYS = "always"
    BY_DEFAULT = "by default"


class GeneratedKind(StrEnum):
    """Where a generated column has its value."""

    STORED = "stored"
    VIRTUAL = "virtual"


class Column(Document):
    """A column of a table, view or materialized view."""

    name: str
    """Unquoted."""
    type: str
    """As `format_type` spells it: `character varying(20)`, `public.mood`."""
    collation: str | None
    """Qualified and quoted; null where it is the one of the type."""
    not_null: bool
    """Whether no row has NULL. False under a NOT NULL constraint that is NOT VALID (PG 18)."""
    default: str | None
    """The expression; null where there is none and for generated columns."""
    identity: IdentityKind | None
    """Whether it is an identity column, and how."""
    generated: GeneratedKind | None
    """Whether it is a generated column, and how."""
    expression: str | None
    """What it is generated from."""
    storage: str
    """`plain`, `external`, `main`, `extended`."""
    compression: str | None
    """`pglz`, `lz4`; null where it is the server's default."""
    statistics: int | None
    """The statistics target; null where it is the server's default."""
    options: tuple[str, ...]
    """`n_distinct=100`."""
    inherited: bool
    """Whether a parent has it too."""
    grants: tuple[Grant, ...]
    """Rights on this column alone."""
    comment: str | None
    """Its comment."""


class ConstraintKind(StrEnum):
    """What a constraint asks."""

    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    EXCLUSION = "exclusion"
    NOT_NULL = "not null"


class Constraint(Document):
    """A constraint of a table.

    A NOT NULL that is valid and inheritable is told by the column alone: before PG 18 there is no constraint for it.
    """

    name: str
    """Unquoted."""
    table: str
    """Its table, qualified and quoted."""
    kind: ConstraintKind
    """What it asks."""
    columns: tuple[str, ...]
    """Its columns, unquoted, in their order; of a CHECK those that it names."""
    referenced: str | None
    """The table that a foreign key refers to, qualified and quoted."""
    referenced_columns: tuple[str, ...]
    """The columns that it refers to, unquoted, in the order of `columns`."""
    valid: bool
    """False for NOT VALID: old rows were not looked at."""
    enforced: bool
    """False for NOT ENFORCED (PG 18)."""
    deferrable: bool
    """Whether it can be deferred."""
    initially_deferred: bool
    """Whether it is checked at COMMIT."""
    inherited: bool
    """Whether it comes from a parent, and goes with that one's."""
    index: str | None
    """The index behind it, of a foreign key the one that it refers to; qualified and quoted."""
    definition: str
    """What stands after ADD CONSTRAINT name."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.CONSTRAINT, name=quoted(self.name), of=self.table)


class Index(Document):
    """An index."""

    name: str
    """Qualified and quoted."""
    table: str
    """Its table or materialized view, qualified and quoted."""
    method: str
    """`btree`, `gin`, ..."""
    unique: bool
    """Whether it is UNIQUE."""
    nulls_not_distinct: bool
    """Whether NULLs count as equal in it (PG 15)."""
    keys: tuple[str, ...]
    """Column names as SQL, or expressions, in their order."""
    include: tuple[str, ...]
    """The columns of INCLUDE, unquoted."""
    columns: tuple[str, ...]
    """Every column that it needs, also in expressions and in its predicate; unquoted, sorted."""
    predicate: str | None
    """What stands after WHERE."""
    valid: bool
    """False where a build broke off, or goes on: queries do not use it."""
    ready: bool
    """False where writes do not keep it."""
    clustered: bool
    """Whether CLUSTER goes by it."""
    replica_identity: bool
    """Whether it is the table's replica identity."""
    constraint: str | None
    """The constraint that it stands behind, unquoted."""
    parent: str | None
    """The index of the partitioned table that it is a part of, qualified and quoted."""
    options: tuple[str, ...]
    """`fillfactor=70`."""
    tablespace: str | None
    """Null where it is the database's."""
    definition: str
    """The CREATE INDEX."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.INDEX, name=self.name)


class Firing(StrEnum):
    """In which sessions a trigger, rule or event trigger fires, by `session_replication_role`."""

    ORIGIN = "origin"
    DISABLED = "disabled"
    REPLICA = "replica"
    ALWAYS = "always"


class Trigger(Document):
    """A trigger of a table or view."""

    name: str
    """Unquoted."""
    table: str
    """Its relation, qualified and quoted."""
    function: str
    """What it calls, qualified and quoted, without arguments."""
    timing: str
    """`before`, `after`, `instead of`."""
    events: tuple[str, ...]
    """Of `insert`, `update`, `delete`, `truncate`."""
    columns: tuple[str, ...]
    """Those of UPDATE OF, unquoted."""
    row_level: bool
    """FOR EACH ROW rather than STATEMENT."""
    enabled: Firing
    """In which sessions it fires."""
    inherited: bool
    """Whether it comes from the partitioned table, and goes with that one's."""
    definition: str
    """The CREATE TRIGGER."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.TRIGGER, name=quoted(self.name), of=self.table)


class Policy(Document):
    """A policy of row level security."""

    name: str
    """Unquoted."""
    table: str
    """Its table, qualified and quoted."""
    command: str
    """`all`, `select`, `insert`, `update`, `delete`."""
    permissive: bool
    """AS PERMISSIVE rather than RESTRICTIVE."""
    roles: tuple[str, ...]
    """Unquoted, sorted; `public` for everybody."""
    using: str | None
    """What stands in USING ( )."""
    with_check: str | None
    """What stands in WITH CHECK ( )."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.POLICY, name=quoted(self.name), of=self.table)


class Rule(Document):
    """A rewrite rule, other than the one that makes a view."""

    name: str
    """Unquoted."""
    table: str
    """Its relation, qualified and quoted."""
    enabled: Firing
    """In which sessions it fires."""
    definition: str
    """The CREATE RULE."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.RULE, name=quoted(self.name), of=self.table)


class Statistics(Document):
    """An extended statistics object."""

    name: str
    """Qualified and quoted."""
    table: str
    """Its relation, qualified and quoted."""
    owner: str
    """Unquoted."""
    target: int | None
    """The statistics target; null where it is the server's default."""
    definition: str
    """The CREATE STATISTICS."""
    comment: str | None
    """Its comment."""

    @property
    def identity(self) -> ObjectIdentity:
        """Which it is."""
        return ObjectIdentity(kind=CatalogKind.STATISTICS, name=self.name)
