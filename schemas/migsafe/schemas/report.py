"""What commands print with --json: exactly one of these documents in every outcome."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from migsafe.schemas.backup import BackupRecord, BackupStanding
from migsafe.schemas.catalog.change import DriftedObject
from migsafe.schemas.document import Document
from migsafe.schemas.evidence import TriedRollback
from migsafe.schemas.finding import Dimension, Finding
from migsafe.schemas.ledger import AppliedMigration, PastRun, UnfinishedRun
from migsafe.schemas.plan import MigrationStanding, Plan
from migsafe.schemas.quarantine import QuarantineStanding
from migsafe.schemas.risk import Risk
from migsafe.schemas.saved_facts import SavedFacts
from migsafe.schemas.severity import Severity

REPORT_FORMAT = "1.0"


class ProblemReport(Document):
    """The run stopped."""

    kind: Literal["problem"]
    format: str
    """Version of this format, major.minor."""
    exit_code: int
    """The exit code of the process."""
    what: str
    """What happened."""
    why: str
    """Why."""
    remedy: str
    """What to type or edit next."""
    path: str | None
    """The file it is about, if any."""
    line: int
    """Line in that file, from 1; 0 unknown."""
    column: int
    """Column in that file, from 1; 0 unknown."""


class PlanReport(Document):
    """A plan was made."""

    kind: Literal["plan"]
    format: str
    """Version of this format, major.minor."""
    file: str | None
    """Where it was written."""
    plan: Plan
    """The plan itself."""


class FactsReport(Document):
    """Facts of the target were taken."""

    kind: Literal["facts"]
    format: str
    """Version of this format, major.minor."""
    file: str | None
    """Where they were written."""
    facts: SavedFacts
    """The facts themselves."""


class ValidateReport(Document):
    """The migrations were checked without a server."""

    kind: Literal["validate"]
    format: str
    """Version of this format, major.minor."""
    passed: bool
    """Whether nothing stands against them."""
    migrations: int
    """How many migrations were read."""
    statements: int
    """How many statements they hold."""
    findings: tuple[Finding, ...]
    """What the rules say."""
    risk: Risk
    """The risk of all of it."""
    reasons: tuple[str, ...]
    """What stands against them, in words."""
    rollbacks: tuple[TriedRollback, ...] = ()
    """The round trip of each migration that could be applied; none without `--rehearse`."""


class MigrationReport(Document):
    """An applied migration, as the ledger keeps it."""

    kind: Literal["migration"]
    format: str
    """Version of this format, major.minor."""
    migration: AppliedMigration
    """The migration with the text that was applied and its rollback."""


class AppliedReport(Document):
    """A plan was applied, or tried with --dry-run."""

    kind: Literal["apply"]
    format: str
    """Version of this format, major.minor."""
    run: str | None
    """Id of the run in the ledger; null for a dry run and where nothing was to do."""
    plan: str
    """Id of the plan."""
    direction: str
    """`up` or `down`."""
    dry_run: bool
    """Whether everything was rolled back."""
    migrations: tuple[str, ...]
    """Files applied or reverted, in order."""
    steps: int
    """Steps done in this run."""
    not_tried: tuple[str, ...]
    """What a dry run could not try, in words."""
    backup: BackupRecord | None
    """The backup taken first."""
    seconds: float
    """How long it took."""


class DriftReport(Document):
    """How the target differs from what the last run left."""

    kind: Literal["drift"]
    format: str
    """Version of this format, major.minor."""
    database: str
    """Name of the database."""
    against: Literal["run", "accepted", "replay", "nothing"]
    """What the target is held against: what the last run left, what somebody accepted, the applied migrations run from
    nothing; `nothing` where there was no record before one was accepted."""
    run: str | None
    """The run that left what is compared with; null where none did."""
    actor: str
    """Who made that run, or accepted; empty where nobody did."""
    at: str
    """When, ISO 8601, by the server's clock; empty where nobody did."""
    objects: tuple[DriftedObject, ...]
    """What drifted; empty where nothing did."""
    notes: tuple[str, ...]
    """What else there is to know of the comparison, as clauses."""
    accepted: bool
    """Whether what is there now was recorded as what should be."""


class StatusReport(Document):
    """How folder, ledger and target stand to each other."""

    kind: Literal["status"]
    format: str
    """Version of this format, major.minor."""
    database: str
    """Name of the database."""
    server: str
    """Version of the server."""
    ledger: str
    """`none`, `intact`, `broken`."""
    migrations: tuple[MigrationStanding, ...]
    """Each migration, in order."""
    pending: int
    """How many are pending."""
    unfinished: UnfinishedRun | None
    """A run that broke off or is under way."""
    waived: tuple[str, ...]
    """Runs that were made without a backup."""
    drift: DriftReport | None
    """How the target differs from what the last run left; null where nobody asked (--verify) or nobody can tell."""
    next: str
    """The next command to type; empty where nothing is to do."""
    quarantine: int = 0
    """How many dropped tables and columns are kept."""


class HistoryReport(Document):
    """The runs that the ledger records."""

    kind: Literal["history"]
    format: str
    """Version of this format, major.minor."""
    runs: tuple[PastRun, ...]
    """Newest first."""


class QuarantineReport(Document):
    """What is in quarantine, and what of it would be dropped for good."""

    kind: Literal["quarantine"]
    format: str
    """Version of this format, major.minor."""
    kept: tuple[QuarantineStanding, ...]
    """What is there, oldest first."""
    chosen: tuple[str, ...]
    """The places of those that would be dropped."""


class BackupReport(Document):
    """A backup was taken, listed or verified."""

    kind: Literal["backup"]
    format: str
    """Version of this format, major.minor."""
    backups: tuple[BackupStanding, ...]
    """The backups, newest first."""


class Check(Document):
    """One thing that doctor looked at."""

    name: str
    """What was looked at."""
    state: Literal["ok", "warning", "error"]
    """How it stands."""
    detail: str
    """What was found."""
    remedy: str
    """What to do; empty where nothing."""


class DoctorReport(Document):
    """What is wrong with connection, pooler, versions, rights and disk."""

    kind: Literal["doctor"]
    format: str
    """Version of this format, major.minor."""
    checks: tuple[Check, ...]
    """In the order in which they were made."""


class FilesReport(Document):
    """Files were written."""

    kind: Literal["files"]
    format: str
    """Version of this format, major.minor."""
    files: tuple[str, ...]
    """Their paths, relative to the manifest."""


class RuleText(Document):
    """A rule, as `migsafe explain` tells it."""

    name: str
    """Its name, as in findings and in the manifest."""
    severity: Severity
    """How grave it is unless the manifest says otherwise."""
    dimension: Dimension
    """The kind of harm."""
    points: int
    """Risk points, 0-100."""
    harm: str
    """Who waits on what, or what is lost."""
    remedy: str
    """What to do instead."""
    unsafe: str
    """SQL in which it finds something."""
    safe: str
    """SQL that does the same job safely."""


class RulesReport(Document):
    """Rules were explained."""

    kind: Literal["rules"]
    format: str
    """Version of this format, major.minor."""
    rules: tuple[RuleText, ...]
    """In the order in which they are listed."""


Report = Annotated[
    ProblemReport
    | PlanReport
    | FactsReport
    | ValidateReport
    | AppliedReport
    | MigrationReport
    | StatusReport
    | DriftReport
    | HistoryReport
    | QuarantineReport
    | BackupReport
    | DoctorReport
    | FilesReport
    | RulesReport,
    Field(discriminator="kind"),
]
"""What a command prints with --json."""
