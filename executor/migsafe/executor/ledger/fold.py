"""Folds the entries of the ledger into what stands, what is under way and what was."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.ledger.entries import (
    BackupTaken,
    BackupWaived,
    CatalogAccepted,
    CatalogLeft,
    MigrationApplied,
    MigrationReverted,
    ObjectsPurged,
    ObjectsQuarantined,
    ObjectsRestored,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStarted,
    StepDone,
    StepFailed,
    StepRunning,
    understood,
)
from migsafe.schemas.ledger import AppliedMigration, PastRun, StepRecord, UnfinishedRun
from migsafe.schemas.quarantine import QuarantineEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.executor.ledger.chain import Entry
    from migsafe.executor.ledger.entries import OfRun
    from migsafe.schemas.backup import BackupRecord
    from migsafe.schemas.ledger import Timing


@dataclass(slots=True)
class RunTold:
    """One run, as far as its entries tell."""

    run: str
    started: RunStarted
    started_at: str
    finished_at: str | None = None
    outcome: str = "unfinished"
    error: str | None = None
    done: list[StepRecord] = field(default_factory=list)
    running: StepRecord | None = None
    migrations: list[str] = field(default_factory=list)
    backup: BackupRecord | None = None
    waived: str | None = None
    last: int = 0
    """Sequence number of its last entry."""

    @property
    def broke_off(self) -> bool:
        """Whether it stopped with some of its work done."""
        return self.outcome != "done" and bool(self.done or self.running or self.migrations)

    def past(self) -> PastRun:
        """As `migsafe history` shows it."""
        return PastRun(
            run=self.run,
            plan=self.started.plan,
            kind=self.started.direction.value,
            actor=self.started.actor,
            tool=self.started.tool,
            started_at=self.started_at,
            finished_at=self.finished_at,
            outcome=self.outcome,
            migrations=tuple(self.migrations),
            backup=self.backup,
            waived=self.waived,
            error=self.error,
        )

    def unfinished(self) -> UnfinishedRun:
        """As `migsafe status` and the gate see it."""
        return UnfinishedRun(
            run=self.run,
            plan=self.started.plan,
            digest=self.started.digest,
            kind=self.started.direction.value,
            started_at=self.started_at,
            done=tuple(self.done),
            running=self.running,
            error=self.error,
        )


@dataclass(frozen=True, slots=True)
class LeftTold:
    """The last entry that says how the catalog should be."""

    catalog: CatalogLeft | None
    """None where the run that finished could not say."""
    run: str | None
    """The run that left it; None where somebody accepted it."""
    actor: str
    at: str
    sequence: int


@dataclass(slots=True)
class Story:
    """All that the entries tell."""

    applied: dict[str, AppliedMigration] = field(default_factory=dict)
    """By file: the migrations that stand."""
    runs: dict[str, RunTold] = field(default_factory=dict)
    """By id, oldest first."""
    quarantine: dict[str, QuarantineEntry] = field(default_factory=dict)
    """By place: what is kept, and what of it was purged."""
    left: LeftTold | None = None
    timings: deque[Timing] = field(default_factory=lambda: deque(maxlen=200))
    """What statements took, newest last."""
    broken_at: int | None = None
    """The first entry that does not fit the chain; the story ends before it."""

    def broke_off_since(self) -> str | None:
        """The newest run that stopped with some of its work done after the catalog was recorded."""
        since = 0 if self.left is None else self.left.sequence
        return next((run.run for run in reversed(self.runs.values()) if run.broke_off and run.last > since), None)

    def unfinished(self) -> UnfinishedRun | None:
        """The newest run, unless it finished. A later run takes the place of one that broke off."""
        newest = next(reversed(self.runs.values()), None)
        return None if newest is None or newest.outcome == "done" else newest.unfinished()


def fold(entries: Iterable[Entry]) -> Story:
    """The story of entries in their order. Raises ValueError on an entry that no version of this format wrote."""
    story = Story()
    for entry in entries:
        said = understood(entry.kind, entry.body)
        if isinstance(said, RunStarted):
            story.runs[entry.run] = RunTold(entry.run, said, entry.at, last=entry.sequence)
            continue
        if isinstance(said, CatalogAccepted):
            story.left = LeftTold(said.catalog, None, said.actor, entry.at, entry.sequence)
            continue
        if (run := story.runs.get(entry.run)) is None:
            raise ValueError(f"entry {entry.sequence} belongs to run {entry.run}, which never started")
        if isinstance(said, StepDone):
            story.timings.extend(said.timings)
        if isinstance(said, RunFinished):
            story.left = LeftTold(said.catalog, run.run, run.started.actor, entry.at, entry.sequence)
        run.last = entry.sequence
        _tell_run(run, said, entry.at)
        _tell_migrations(story, said, entry)
        _tell_quarantine(story, said, entry)
    return story


def _tell_run(run: RunTold, said: OfRun, at: str) -> None:  # noqa: C901 - one short case for each kind
    match said:
        case RunFinished():
            run.outcome, run.finished_at, run.error, run.running = "done", at, None, None
        case RunFailed(error=error):
            run.outcome, run.finished_at, run.error = "failed", at, error
        case RunStarted() | RunResumed():
            run.outcome, run.finished_at, run.error = "unfinished", None, None
        case BackupTaken(backup=backup):
            run.backup = backup
        case BackupWaived(who=who, how=how):
            run.waived = f"{who}: {how}"
        case StepRunning(step=step):
            run.running = step
        case StepDone(step=step):
            run.running = None
            run.done.append(step)
        case StepFailed(error=error):
            run.running, run.error = None, error
        case MigrationApplied(file=file) | MigrationReverted(file=file):
            run.migrations.append(file)
        case ObjectsQuarantined() | ObjectsRestored() | ObjectsPurged():
            pass
        case _:
            assert_never(said)


def _tell_migrations(story: Story, said: OfRun, entry: Entry) -> None:
    if isinstance(said, MigrationApplied):
        # Out and in again, so that the order stays that of applying.
        story.applied.pop(said.file, None)
        story.applied[said.file] = AppliedMigration(
            label=said.label,
            name=said.name,
            file=said.file,
            sha256=said.sha256,
            normalised_sha256=said.normalised_sha256,
            sql=said.sql,
            rollback_sql=said.rollback_sql,
            rollback_file=said.rollback_file,
            applied_at=entry.at,
            run=entry.run,
            sequence=entry.sequence,
        )
    elif isinstance(said, MigrationReverted):
        story.applied.pop(said.file, None)


def _tell_quarantine(story: Story, said: OfRun, entry: Entry) -> None:
    kept = story.quarantine
    if isinstance(said, ObjectsQuarantined):
        for each in said.objects:
            kept.pop(each.place, None)
            kept[each.place] = QuarantineEntry(object=each, since=entry.at, run=entry.run, purged_at=None)
    elif isinstance(said, ObjectsRestored):
        for place in said.places:
            kept.pop(place, None)
    elif isinstance(said, ObjectsPurged):
        for place in said.places:
            if place in kept:
                kept[place] = kept[place].model_copy(update={"purged_at": entry.at})
    elif isinstance(said, MigrationReverted):
        # What was purged is remembered for the rollback of its migration, and of no later one.
        for place in [at for at, one in kept.items() if one.purged_at and one.object.migration == said.file]:
            del kept[place]
