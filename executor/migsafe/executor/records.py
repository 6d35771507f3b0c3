"""What a run writes to the ledger, each entry in the transaction of what it tells."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.ledger import read, supabase
from migsafe.executor.ledger.entries import (
    MigrationApplied,
    MigrationReverted,
    ObjectsPurged,
    ObjectsQuarantined,
    ObjectsRestored,
    RunFailed,
    RunFinished,
    StepDone,
    StepFailed,
    StepRunning,
)
from migsafe.executor.ledger.journal import Journal, position
from migsafe.executor.ledger.kept import KeptCatalog, keep
from migsafe.executor.survey import present_catalog
from migsafe.schemas.ledger import Timing
from migsafe.schemas.plan import Direction
from migsafe.schemas.problem import Locked, Problem, RolledBack
from migsafe.schemas.step import statements_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.executor.ledger.entries import Said
    from migsafe.executor.ledger.journal import Position
    from migsafe.executor.steps import Task, Worker
    from migsafe.schemas.plan import PlannedMigration

_WORTH_KEEPING = 10_000_000


class Records:
    """The entries of one run. Whoever makes it holds the lock of the target."""

    def __init__(self, worker: Worker, run: str, direction: Direction) -> None:
        self._worker = worker
        self._direction = direction
        self._durable: Position = position(worker.connection)
        self._journal = Journal(worker.connection, run, self._durable)
        self._connection = worker.connection
        self._mirrored = bool(supabase.columns(worker.connection))
        self._met_a_row = False
        """Whether the Supabase CLI's history had a row already for the migration that was completed last."""

    def note(self, said: Said) -> None:
        """Write one entry in a transaction of its own; durable when it returns."""
        self._writer().record(said)
        self.kept()

    def done(self, connection: psycopg.Connection, task: Task) -> str:
        """Write into the open transaction that a step is done, and what is complete with it; the last entry's hash.

        Raises RolledBack where another tool has applied and recorded the same migration since the run began.
        """
        self._done(connection, task)
        if task.is_last and self._direction is Direction.UP and self._mirrored:
            self._require_ours(connection, task)
        return self._journal.position.head

    def kept(self) -> None:
        """What was written since the last time is durable."""
        self._durable = self._journal.position

    def end(self, schemas: tuple[str, ...]) -> None:
        """Write that all is done, and which catalog of these schemas the run leaves; durable when it returns.

        Where the catalog cannot be read now the run has still come to its end; so it has without schemas.
        """
        connection = self._worker.connection
        kept = self._present(schemas) if schemas else None
        with connection.transaction():
            left = None if kept is None else keep(connection, kept)
            self._writer().record(RunFinished(catalog=left))
        self.kept()

    def forget(self) -> None:
        """What was written since the last time was rolled back."""
        self._journal.forget_to(self._durable)

    def running(self, task: Task) -> None:
        """Write that a lone step begins; durable when it returns."""
        self.note(StepRunning(step=task.record()))

    def failed(self, task: Task, error: str) -> None:
        """Write that a lone step ended with an error, and that nothing of it is left to find out."""
        self.note(StepFailed(step=task.record(), error=error))

    def finished(self, task: Task) -> None:
        """Write that a lone step is done, and what is complete with it; durable when it returns."""
        with self._worker.connection.transaction():
            self._done(self._worker.connection, task)
        self.kept()

    def nothing_to_do(self, migration: PlannedMigration) -> None:
        """Write that a migration without any statement is complete; durable when it returns."""
        with self._worker.connection.transaction():
            self._complete(self._worker.connection, migration)
        self.kept()

    def broke_off(self, problem: Problem) -> None:
        """Write what stopped the run, if the server still takes it: the run is over either way."""
        import psycopg  # noqa: PLC0415 - slow to import

        if self._worker.interruption.gave_up:
            return
        with contextlib.suppress(psycopg.Error, Problem):
            if self._worker.connection.broken or self._worker.connection.closed:
                self._worker.reopen()
            self._worker.clean()
            connection = self._worker.connection
            Journal(connection, self._journal.run, position(connection)).record(RunFailed(error=str(problem)))

    def _done(self, connection: psycopg.Connection, task: Task) -> None:
        done = (*_quarantine(task), StepDone(step=task.record(), timings=_timings(task, self._worker.took)))
        if task.is_last:
            self._complete(connection, task.migration, *done)
        else:
            self._writer().record(*done)

    def _require_ours(self, connection: psycopg.Connection, task: Task) -> None:
        if not self._met_a_row:
            return
        migration = task.migration
        ours = {one.label for one in read(connection).applied if one.file != migration.file}
        if supabase.is_anothers(migration.label, migration.name, supabase.recorded(connection), ours):
            raise RolledBack(
                f"another tool applied {migration.file} meanwhile, so the step was rolled back",
                why="it stands in supabase_migrations.schema_migrations, and migsafe did not write it there",
                remedy="let one tool change the database at a time, and look at what is pending now: migsafe plan",
                place=task.place,
            )

    def _present(self, schemas: tuple[str, ...]) -> KeptCatalog | None:
        from psycopg import errors  # noqa: PLC0415 - slow to import

        connection = self._worker.connection
        try:
            catalog = present_catalog(connection, schemas)
        except (Locked, errors.QueryCanceled, errors.InsufficientPrivilege):
            return None
        return KeptCatalog(schemas=schemas, server_version=connection.info.server_version, catalog=catalog)

    def _writer(self) -> Journal:
        """The journal on the worker's present connection."""
        if self._connection is not self._worker.connection:
            self._connection = self._worker.connection
            self._journal = Journal(self._connection, self._journal.run, self._journal.position)
        return self._journal

    def _complete(self, connection: psycopg.Connection, migration: PlannedMigration, *before: Said) -> None:
        match self._direction:
            case Direction.UP:
                self._writer().record(*before, _applied(migration))
                if self._mirrored and migration.label:
                    every = (statement for step in migration.steps for statement in statements_of(step))
                    texts = [statement.instead_of or statement.sql for statement in every]
                    self._met_a_row = not supabase.keep_in_step(connection, migration.label, migration.name, texts)
            case Direction.DOWN:
                self._writer().record(*before, MigrationReverted(label=migration.label, file=migration.file))
                if self._mirrored and migration.label:
                    supabase.forget(connection, migration.label)
            case Direction.PURGE:
                self._writer().record(*before)
            case _:
                assert_never(self._direction)


def _timings(task: Task, took: dict[str, float]) -> tuple[Timing, ...]:
    """What the step's statements took on their largest relation, from 10 MB on: less tells of start and end alone."""
    found = []
    for text in statements_of(task.migration.steps[task.index]):
        worked = [each for each in text.effects if each.work not in {None, "catalog change"} and each.bytes is not None]
        seconds = took.get(text.sha256)
        if worked and seconds is not None:
            largest = max(worked, key=lambda effect: effect.bytes or 0)
            found.append(Timing(work=largest.work or "", bytes=largest.bytes or 0, ms=round(1000 * seconds)))
    return tuple(timing for timing in found if timing.bytes >= _WORTH_KEEPING)


def _quarantine(task: Task) -> Iterator[Said]:
    """What a step moved into quarantine, brought back from it, or dropped from it."""
    texts = statements_of(task.migration.steps[task.index])
    if objects := tuple(each for text in texts for each in text.quarantines):
        yield ObjectsQuarantined(objects=objects)
    if restored := tuple(place for text in texts for place in text.restores):
        yield ObjectsRestored(places=restored)
    if purged := tuple(place for text in texts for place in text.purges):
        yield ObjectsPurged(places=purged)


def _applied(migration: PlannedMigration) -> MigrationApplied:
    return MigrationApplied(
        label=migration.label,
        name=migration.name,
        file=migration.file,
        sha256=migration.sha256,
        normalised_sha256=migration.normalised_sha256,
        sql=migration.sql,
        rollback_sql=migration.undo.sql,
        rollback_file=migration.undo.file,
    )
