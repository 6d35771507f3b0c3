"""What each kind of ledger entry says."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.backup import BackupRecord
from migsafe.schemas.document import Document
from migsafe.schemas.ledger import EntryKind, StepRecord, Timing
from migsafe.schemas.plan import Direction
from migsafe.schemas.quarantine import Quarantined

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.executor.ledger.chain import Json


class RunStarted(Document):
    """A plan is begun; from now on it is used."""

    plan: str
    """Id of the plan."""
    digest: str
    """Its digest."""
    direction: Direction
    """Whether it applies or undoes."""
    actor: str
    """Operating system user and host that runs it, and the database role."""
    tool: str
    """Version of migsafe."""
    migrations: tuple[str, ...]
    """Files that it is about, in order."""


class RunResumed(Document):
    """A run that broke off goes on."""

    actor: str
    """Operating system user and host that runs it, and the database role."""
    tool: str
    """Version of migsafe."""


class BackupTaken(Document):
    """A verified backup stands."""

    backup: BackupRecord
    """Its record."""


class BackupWaived(Document):
    """A backup was due and was not taken."""

    who: str
    """Who said so."""
    how: str
    """How they confirmed it, e.g. `--skip-backup, confirmed at the prompt`."""


class StepRunning(Document):
    """A step outside a transaction begins."""

    step: StepRecord
    """Which one."""


class StepDone(Document):
    """A step is durable."""

    step: StepRecord
    """Which one."""
    timings: tuple[Timing, ...] = ()
    """What its statements took on relations of known size, where that is worth keeping."""


class StepFailed(Document):
    """A step ended with an error."""

    step: StepRecord
    """Which one."""
    error: str
    """What stopped it."""


class MigrationApplied(Document):
    """All steps of a migration are durable. The fields are those of AppliedMigration that a file tells."""

    label: str
    name: str
    file: str
    sha256: str
    normalised_sha256: str
    sql: str
    rollback_sql: str | None
    rollback_file: str | None


class MigrationReverted(Document):
    """All steps of a rollback are durable."""

    label: str
    """The label as the ledger has it."""
    file: str
    """The file as the ledger has it: what the migration is found by."""


class CatalogLeft(Document):
    """The catalog that stood when an entry was written; the document itself is in `migsafe.catalog`."""

    fingerprint: str
    """The fingerprint of the whole catalog."""
    content: str
    """SHA-256 of the document as it is kept."""


class RunFinished(Document):
    """All of the plan is done."""

    catalog: CatalogLeft | None = None
    """What the run left; null where it could not be read, and in entries of format 1."""


class CatalogAccepted(Document):
    """Somebody took the catalog as it was for what it should be. No run has this entry: its `run` is its own."""

    catalog: CatalogLeft
    """What was accepted."""
    actor: str
    """Operating system user and host, and the database role."""
    tool: str
    """Version of migsafe."""


class ObjectsQuarantined(Document):
    """What a step was to drop is kept out of reach; durable with that step."""

    objects: tuple[Quarantined, ...]
    """What, where, and how it comes back."""


class ObjectsRestored(Document):
    """A step brought back what was kept; durable with that step."""

    places: tuple[str, ...]
    """Where it was kept."""


class ObjectsPurged(Document):
    """A step dropped for good what was kept; durable with that step."""

    places: tuple[str, ...]
    """Where it was kept."""


class RunFailed(Document):
    """The run stopped, and could still say so."""

    error: str
    """What stopped it."""


OfRun: TypeAlias = (
    RunStarted
    | RunResumed
    | BackupTaken
    | BackupWaived
    | StepRunning
    | StepDone
    | StepFailed
    | MigrationApplied
    | MigrationReverted
    | RunFinished
    | RunFailed
    | ObjectsQuarantined
    | ObjectsRestored
    | ObjectsPurged
)
"""What an entry of a run says."""

Said: TypeAlias = OfRun | CatalogAccepted
"""What an entry says."""

_BY_KIND: dict[EntryKind, type[Said]] = {
    EntryKind.RUN_STARTED: RunStarted,
    EntryKind.RUN_RESUMED: RunResumed,
    EntryKind.BACKUP_TAKEN: BackupTaken,
    EntryKind.BACKUP_WAIVED: BackupWaived,
    EntryKind.STEP_RUNNING: StepRunning,
    EntryKind.STEP_DONE: StepDone,
    EntryKind.STEP_FAILED: StepFailed,
    EntryKind.MIGRATION_APPLIED: MigrationApplied,
    EntryKind.MIGRATION_REVERTED: MigrationReverted,
    EntryKind.RUN_FINISHED: RunFinished,
    EntryKind.RUN_FAILED: RunFailed,
    EntryKind.CATALOG_ACCEPTED: CatalogAccepted,
    EntryKind.OBJECTS_QUARANTINED: ObjectsQuarantined,
    EntryKind.OBJECTS_RESTORED: ObjectsRestored,
    EntryKind.OBJECTS_PURGED: ObjectsPurged,
}
_KINDS: dict[type[Said], EntryKind] = {said: kind for kind, said in _BY_KIND.items()}


def kind_of(said: Said) -> EntryKind:
    """Under which kind it is written."""
    return _KINDS[type(said)]


def body_of(said: Said) -> Mapping[str, Json]:
    """What is written as its body."""
    body: Mapping[str, Json] = said.model_dump(mode="json")
    return body


def understood(kind: str, body: Mapping[str, Json]) -> Said:
    """The entry that a kind and a body stand for. Raises ValueError for what no version of this format wrote."""
    return _BY_KIND[EntryKind(kind)].model_validate(body)
