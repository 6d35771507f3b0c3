"""The plan: exactly what will be done to which target, and why that is acceptable."""

from __future__ import annotations

from enum import StrEnum

from migsafe.schemas.document import Document
from migsafe.schemas.evidence import Evidence
from migsafe.schemas.finding import Finding
from migsafe.schemas.live import Sampling
from migsafe.schemas.manifest import Backup
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Freeze, Locking, PreflightPolicy, Timeouts, Window
from migsafe.schemas.preflight import NO_PREFLIGHTS, Preflights
from migsafe.schemas.risk import Risk
from migsafe.schemas.step import Step
from migsafe.schemas.target import ObjectFingerprint, TargetIdentity

PLAN_FORMAT = "1.0"


class Direction(StrEnum):
    """Whether a plan applies migrations, undoes them, or drops for good what they left in quarantine."""

    UP = "up"
    DOWN = "down"
    PURGE = "purge"


class UndoClass(StrEnum):
    """What undoing a migration costs."""

    LOSSLESS = "lossless"
    LOSES_NEW_DATA = "loses-new-data"
    IRREVERSIBLE = "irreversible"


class Undo(Document):
    """How a migration is undone."""

    undo_class: UndoClass
    """What undoing costs."""
    reason: str
    """Why it has that class, in words."""
    file: str | None
    """The rollback script, relative to the manifest; null where there is none."""
    sql: str | None
    """Its text, recorded in the ledger when the migration is applied."""
    sha256: str | None
    """SHA-256 of its raw bytes."""
    steps: tuple[Step, ...]
    """The steps it would take."""
    generated: bool = False
    """Whether migsafe composed it, because no rollback is declared; it has no file then."""
    first_line: int = 1
    """Line of the file on which `sql` begins: more than 1 where one file holds both ways."""


class PlannedMigration(Document):
    """One migration of the plan."""

    label: str
    """The file's version."""
    name: str
    """The file's name without label and ending."""
    file: str
    """Path of the file, relative to the migrations folder."""
    path: str
    """Path of the file, relative to the manifest."""
    sha256: str
    """SHA-256 of the raw bytes of the file, or of the section that applies it."""
    normalised_sha256: str
    """SHA-256 of the same text with LF line ends and no byte order mark."""
    sql: str
    """The whole text."""
    steps: tuple[Step, ...]
    """What will be done, in order."""
    undo: Undo
    """How it is undone."""
    findings: tuple[Finding, ...]
    """What the rules say of it."""
    risk: Risk
    """Its risk."""
    first_line: int = 1
    """Line of the file on which `sql` begins: more than 1 where one file holds both ways."""


class Standing(StrEnum):
    """How a migration file and the ledger stand to each other."""

    APPLIED = "applied"
    PENDING = "pending"
    EDITED = "edited"
    LINE_ENDS = "line-ends"
    MISSING = "missing"
    OUT_OF_ORDER = "out-of-order"
    FOREIGN = "foreign"
    RELABELLED = "relabelled"


class MigrationStanding(Document):
    """One line of the comparison between folder and history."""

    standing: Standing
    """How they stand to each other."""
    label: str
    """The version."""
    name: str
    """The name."""
    file: str
    """Path relative to the migrations folder; empty where no file is."""
    detail: str
    """What that means and what to do, in one sentence; empty where all is well."""


class PlannedBackup(Document):
    """Whether and how a backup is taken before the first step."""

    due: bool
    """Whether one is taken."""
    reason: str
    """Why, in words."""
    settings: Backup
    """How."""


class Verdict(Document):
    """Whether the plan may be applied at all."""

    allowed: bool
    """True when nothing stands against it."""
    reasons: tuple[str, ...]
    """What stands against it, in words."""


class Limits(Document):
    """The policies that hold while the plan is applied."""

    timeouts: Timeouts
    """Limits that are set on the server for each step."""
    locking: Locking
    """How strong locks are taken."""
    maintenance_window: Window | None
    """When it may be applied."""
    freeze: tuple[Freeze, ...]
    """When it may not."""
    preflight: PreflightPolicy = PreflightPolicy.REFUSE
    """What to do when rows are found on which a statement certainly fails."""
    sampling: Sampling = Sampling()
    """How long one question about rows may take, and whether keys may be told."""


class Plan(Document):
    """plan.json: everything that `migsafe apply` needs, sealed by a digest."""

    format: str
    """Version of this format, major.minor."""
    id: str
    """Random id of this plan; burnt in the ledger when it is begun."""
    created_at: str
    """When it was made, ISO 8601 UTC."""
    expires_at: str
    """After this it is refused, ISO 8601 UTC."""
    tool: str
    """Version of migsafe that made it."""
    direction: Direction
    """Whether it applies migrations, undoes them, or drops for good what they left in quarantine."""
    project: str
    """Name of the project."""
    environment: str | None
    """Environment of the manifest it was made for."""
    platform: Platform
    """The platform whose customs hold."""
    role: str | None
    """Role that each step runs as; null: the one that connects."""
    target: TargetIdentity
    """The database it is for."""
    server_version: int
    """`server_version_num` of that database's server."""
    ledger_head: str
    """Chain hash of the ledger when the plan was made; empty where there was none."""
    base: tuple[ObjectFingerprint, ...]
    """Shape of each existing object that the plan touches, before it."""
    history: tuple[MigrationStanding, ...]
    """How folder and history stood to each other, except what is simply applied."""
    migrations: tuple[PlannedMigration, ...]
    """What will be done, in order."""
    findings: tuple[Finding, ...]
    """Findings on the set as a whole."""
    risk: Risk
    """The risk of all of it."""
    backup: PlannedBackup
    """The backup before the first step."""
    limits: Limits
    """The policies that hold while it is applied."""
    preflights: Preflights = NO_PREFLIGHTS
    """What was asked of the target's rows, and what came of it; `apply` asks the very same again."""
    evidence: Evidence | None = None
    """What its rehearsal on a scratch server measured; null where it was not rehearsed."""
    not_rehearsed: str | None = None
    """Why it was not rehearsed; null where it was, or where there is nothing to rehearse."""
    saved_facts: str | None = None
    """The moment of the saved facts that it was made from, ISO 8601 UTC; null where the target itself was asked."""
    verdict: Verdict
    """Whether it may be applied at all."""
    digest: str
    """SHA-256 of the canonical JSON (RFC 8785) of everything above, with this field empty."""
