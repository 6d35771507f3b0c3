"""The manifest `migsafe.yaml`: what a project declares about its migrations."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import Field, model_validator

from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.document import Document
from migsafe.schemas.live import Sampling
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Milliseconds, Policies, PoliciesOverride

Identifier = Annotated[str, Field(min_length=1, max_length=63)]
EnvironmentName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
RelativePath = Annotated[str, Field(min_length=1, max_length=1024)]


class Layout(StrEnum):
    """How migration files are named and laid out in their folder."""

    SUPABASE = "supabase"
    GOLANG_MIGRATE = "golang-migrate"
    DIESEL = "diesel"
    GOOSE = "goose"
    SQLX = "sqlx"
    DBMATE = "dbmate"
    FLYWAY = "flyway"
    PRISMA = "prisma"


class Order(StrEnum):
    """What to do with a pending migration that sorts before an applied one."""

    LINEAR = "linear"
    OUT_OF_ORDER = "out-of-order"


class Required(StrEnum):
    """When something must be there."""

    ALWAYS = "always"
    DESTRUCTIVE = "destructive"
    NEVER = "never"


class BackupFormat(StrEnum):
    """The format that pg_dump writes."""

    PLAIN = "plain"
    CUSTOM = "custom"
    DIRECTORY = "directory"


class Compression(StrEnum):
    """How a backup is compressed. Plain backups are written uncompressed or with gzip."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


class Verification(StrEnum):
    """How a backup is proven: read in full and counted, or also restored on a scratch server."""

    READ = "read"
    RESTORE = "restore"


class Database(Document):
    """Which database the migrations are for."""

    url_env: EnvironmentName | None = None
    """Name of the environment variable with the connection URL. Without it, migsafe runs a PostgreSQL of its own."""
    role: Identifier | None = None
    """Role that owns what migrations create: `SET ROLE` before each step. Default: the role that connects."""
    major: Annotated[int, Field(ge=13, le=18)] | None = None
    """Major version of PostgreSQL that migrations are judged for where no connection tells it. Default: all of them."""
    schemas: tuple[Identifier, ...] = ("public",)
    """Schemas that the migrations manage."""
    exposed_schemas: tuple[Identifier, ...] = ()
    """Schemas that strangers reach through an API (PostgREST). Default: `public` on Supabase, else none."""


class Migrations(Document):
    """Where the migrations are and in which order they run."""

    folder: RelativePath = "supabase/migrations"
    """Folder of the migration files, relative to the manifest."""
    layout: Layout = Layout.SUPABASE
    """Whose way of naming files it is, e.g. `supabase` (LABEL_name.sql) or `golang-migrate` (LABEL_name.up.sql)."""
    order: Order = Order.LINEAR
    """`linear` refuses a pending migration that sorts before an applied one; `out-of-order` allows it."""


class Rollbacks(Document):
    """Where the rollback scripts are."""

    folder: RelativePath | None = None
    """Folder of NAME_down.sql files. Default: `rollback` inside the migrations folder. Only for layout `supabase`."""
    required: Required = Required.NEVER
    """Whether `plan` refuses a migration without a rollback: `always`, `destructive` (when data is lost), `never`."""


class Backup(Document):
    """The backup that is taken before migrations are applied."""

    before_apply: Required = Required.ALWAYS
    """`always`, `destructive` (only when the plan loses data), `never`."""
    folder: RelativePath = "backups"
    """Folder of the backups, relative to the manifest; created with mode 0700."""
    format: BackupFormat = BackupFormat.PLAIN
    """`plain` SQL, `custom` (one compressed file), `directory` (parallel)."""
    compression: Compression = Compression.NONE
    """`none`, `gzip`, or `zstd` (`custom` and `directory` only)."""
    jobs: Annotated[int, Field(ge=1, le=64)] = 1
    """Parallel dump jobs; more than one needs format `directory`."""
    keep: Annotated[int, Field(ge=1, le=10_000)] = 5
    """How many verified backups are kept; the newest verified one is never deleted."""
    verify: Verification = Verification.READ
    """`read` the whole backup back and compare its content, or `restore` it on a scratch server too."""

    @model_validator(mode="after")
    def _formats_fit(self) -> Backup:
        if self.jobs > 1 and self.format is not BackupFormat.DIRECTORY:
            msg = "backup.jobs above 1 needs backup.format: directory"
            raise ValueError(msg)
        if self.compression is Compression.ZSTD and self.format is BackupFormat.PLAIN:
            msg = "backup.compression: zstd needs backup.format: custom or directory"
            raise ValueError(msg)
        return self


class Impact(Document):
    """Where the application's queries are, so that a plan can say which of them it breaks."""

    pg_stat_statements: bool = False
    """Whether the queries that the target's pg_stat_statements has seen are looked at."""
    queries: tuple[RelativePath, ...] = ()
    """SQL files, or folders of them, with queries of the application; relative to the manifest."""


class ShadowSource(Document):
    """Where the scratch database of a rehearsal is made."""

    url_env: EnvironmentName | None = None
    """Environment variable with the URL of a server of your own; never the target's. Default: one that migsafe runs."""
    major: Annotated[int, Field(ge=13, le=18)] | None = None
    """Major version of the server that migsafe runs. Default: the target's."""
    base: BaseFrom | None = None
    """`target` (its schema, without rows) or `replay` (of the history). Default: `target` where there is a URL."""


class Rehearsal(Document):
    """Whether and how a plan is run on a scratch database before it is believed."""

    enabled: bool = True
    """Whether `plan` and `up` rehearse; `--no-rehearsal` skips it once."""
    timeout: Milliseconds = 60_000
    """Limit of each statement on the shadow; 0 means none."""
    round_trips: bool = True
    """Whether each pending migration is also undone and applied again, with a generated rollback where it has none."""
    rows: Annotated[int, Field(ge=0, le=10_000)] = 0
    """How many rows are generated for each empty table, so that the plan meets data; 0: none. Never the target's."""
    statistics: bool = False
    """Whether pg_stats of the target may tell how many NULLs and distinct values generated rows have; no values."""


class DatabaseOverride(Document):
    """What an environment says otherwise of the database."""

    url_env: EnvironmentName | None = None
    """Name of the environment variable that holds this environment's connection URL."""
    role: Identifier | None = None
    """Role that owns what migrations create in this environment."""
    schemas: tuple[Identifier, ...] | None = None
    """Schemas that the migrations manage in this environment."""
    exposed_schemas: tuple[Identifier, ...] | None = None
    """Schemas that strangers reach in this environment."""


class BackupOverride(Document):
    """What an environment says otherwise of the backup."""

    before_apply: Required | None = None
    """When a backup is taken in this environment."""
    folder: RelativePath | None = None
    """Folder of this environment's backups."""
    format: BackupFormat | None = None
    """Format of this environment's backups."""
    compression: Compression | None = None
    """Compression of this environment's backups."""
    jobs: Annotated[int, Field(ge=1, le=64)] | None = None
    """Parallel dump jobs in this environment."""
    keep: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many verified backups this environment keeps."""
    verify: Verification | None = None
    """How this environment's backups are proven."""


class Environment(Document):
    """One environment: what differs from the rest of the manifest. Chosen with `--env NAME`."""

    database: DatabaseOverride | None = None
    """Overrides of `database`."""
    policies: PoliciesOverride | None = None
    """Overrides of `policies`."""
    backup: BackupOverride | None = None
    """Overrides of `backup`."""
    facts: Sampling | None = None
    """How this environment's target is looked at; replaces the whole section."""


class Manifest(Document):
    """migsafe.yaml: the migrations of a project, how to undo them, what is allowed, and how data is kept safe."""

    version: Literal[1]
    """Version of the manifest's format. Always 1."""
    project: Annotated[str, Field(min_length=1, max_length=100)]
    """Name of the project, shown in plans and reports."""
    platform: Platform = Platform.POSTGRES
    """`supabase` or plain `postgres`: decides which roles, schemas and rules are taken for granted."""
    env: tuple[EnvironmentName, ...] = ()
    """Environment variables that `${NAME}` may name in this file, beside those that begin with MIGSAFE_."""
    database: Database = Database()
    """Which database the migrations are for."""
    migrations: Migrations = Migrations()
    """Where the migrations are and in which order they run."""
    rollbacks: Rollbacks = Rollbacks()
    """Where the rollback scripts are."""
    policies: Policies = Policies()
    """What is allowed, when, and how long it may take."""
    backup: Backup = Backup()
    """The backup that is taken before migrations are applied."""
    facts: Sampling = Sampling()
    """How the running target is looked at while a plan is made: traffic, sessions, rows that decide."""
    impact: Impact = Impact()
    """Where the application's queries are, to say which of them a plan breaks."""
    shadow: ShadowSource = ShadowSource()
    """Where plans are rehearsed."""
    rehearsal: Rehearsal = Rehearsal()
    """Whether and how plans are rehearsed."""
    environments: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")], Environment] = {}
    """Named environments, each with what differs there."""

    def exposed_schemas(self) -> tuple[str, ...]:
        """The schemas that strangers reach: as declared, else the platform's custom."""
        if self.database.exposed_schemas:
            return self.database.exposed_schemas
        return ("public",) if self.platform is Platform.SUPABASE else ()

    def at(self, environment: str) -> Manifest:
        """The manifest as it holds in one environment: its overrides merged in, the list of environments dropped."""
        said = self.environments[environment]
        return self.model_copy(
            update={
                "database": overridden(self.database, said.database),
                "policies": overridden(self.policies, said.policies),
                "backup": overridden(self.backup, said.backup),
                "facts": said.facts or self.facts,
                "environments": {},
            }
        )

    def rollback_folder(self) -> str:
        """The folder of rollback scripts, as declared or inside the migrations folder."""
        return self.rollbacks.folder or f"{self.migrations.folder}/rollback"


Base = TypeVar("Base", bound=Document)


def overridden(base: Base, override: Document | None) -> Base:
    """`base` with every field that `override` sets (is not None) replaced, validated anew."""
    if override is None:
        return base
    said = {name: value for name, value in override if value is not None}
    return type(base).model_validate({**dict(base), **said})
