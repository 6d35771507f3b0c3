"""Applies a plan: gate, lock, look again, backup, steps, and the truth about how it ended."""

from __future__ import annotations

import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.connect import connect
from migsafe.executor.gate import require_applicable, require_identity, require_target
from migsafe.executor.ledger import install
from migsafe.executor.ledger.entries import BackupTaken, BackupWaived, RunResumed, RunStarted
from migsafe.executor.mutex import Mutex
from migsafe.executor.options import ApplyOptions, Outcome
from migsafe.executor.preflight import require_data
from migsafe.executor.records import Records
from migsafe.executor.signals import Interrupted, Interruption, listening
from migsafe.executor.standing import require_alone, require_unchanged
from migsafe.executor.steps import Task, Worker, run_lone, run_transaction
from migsafe.schemas import events
from migsafe.schemas.plan import Direction
from migsafe.schemas.problem import BackupFailed, Partial, Problem, RolledBack
from migsafe.schemas.step import LoneStep, TransactionStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.schemas.backup import BackupRecord
    from migsafe.schemas.events import Listener
    from migsafe.schemas.ledger import LedgerState, UnfinishedRun
    from migsafe.schemas.plan import Plan, PlannedMigration

GO_ON = "see what stands: migsafe status; then go on: migsafe apply plan.json"


def apply(plan: Plan, url: str, options: ApplyOptions, listener: Listener) -> Outcome:
    """Do all that the plan says on the database of `url`, or go on with a run of it that broke off.

    An Outcome means that the end state was reached and recorded. Raises a Problem whose exit code says what stands:
    Refusal, Stale, Locked, Drift and BackupFailed changed nothing; RolledBack left no part of the failing migration;
    Partial left some; Interrupted says so in its `why`.
    """
    began = time.monotonic()
    require_applicable(plan, options.now)
    with listening() as interruption, explained(), opened(plan, url, interruption) as connection:
        with interruption.at_once():
            session = require_target(plan, connection)
            mutex = take_mutex(plan, url, options, listener)
        with mutex:
            require_alone(connection, interruption.pause)
            ledger = require_unchanged(plan, connection, options.broken_off, options.compare)
            if not stands_in_part(plan, ledger):
                with interruption.at_once():
                    require_data(plan, connection)
            install(connection)
            worker = Worker(connection, lambda: reopened(plan, url), plan.limits, plan.role, listener, interruption)
            run = _Run(plan, worker, mutex, options, ledger, f"{options.actor}, role {session.role}")
            try:
                return run.whole(began)
            finally:
                worker.connection.close()  # perhaps another one than at first


def stands_in_part(plan: Plan, ledger: LedgerState) -> bool:
    """Whether a run of this plan has begun to change the target: its rows are no longer those that were asked."""
    begun = ledger.unfinished
    return begun is not None and begun.plan == plan.id and (bool(begun.done) or begun.running is not None)


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of the server that nobody foresaw into a Problem, at a time when nothing has been changed."""
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        yield
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error).strip() or type(error).__name__
        raise Problem(
            "the run did not begin: the server reported an error, and nothing was changed",
            why=f"{said} ({error.sqlstate or 'no SQLSTATE'})",
            remedy="when the cause is gone, run the same command again",
        ) from error


@contextmanager
def opened(plan: Plan, url: str, interruption: Interruption) -> Iterator[psycopg.Connection]:
    """A connection that does the work of the plan."""
    with interruption.at_once():
        connection = _connect(plan, url)
    try:
        yield connection
    finally:
        connection.close()


def reopened(plan: Plan, url: str) -> psycopg.Connection:
    """Another connection to the same database. Raises a Problem, OtherTarget where the URL leads elsewhere now."""
    connection = _connect(plan, url)
    try:
        require_identity(plan.target, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(plan: Plan, url: str) -> psycopg.Connection:
    return connect(url, application=f"apply {plan.id[:8]}", connect_timeout_ms=plan.limits.timeouts.connect)


def take_mutex(plan: Plan, url: str, options: ApplyOptions, listener: Listener) -> Mutex:
    """The lock of the target. Raises Locked."""
    return Mutex.take(
        url,
        wait_ms=options.wait_ms,
        on_wait=lambda holder: listener(events.LockWaiting(holder)),
        connect_timeout_ms=plan.limits.timeouts.connect,
    )


@dataclass(slots=True)
class _Run:
    """One run of a plan, from the moment on at which the lock is held and the plan fits."""

    plan: Plan
    worker: Worker
    mutex: Mutex
    options: ApplyOptions
    ledger: LedgerState
    actor: str
    id: str = ""
    steps: int = 0
    done: set[tuple[str, int]] = field(default_factory=set)
    """Migration and index of each step that stands."""
    completed: list[str] = field(default_factory=list)

    def whole(self, began: float) -> Outcome:
        """Begin or go on, back up, do the steps, and record the end."""
        unfinished = self.ledger.unfinished
        resumed = unfinished if unfinished is not None and unfinished.plan == self.plan.id else None
        self.id = resumed.run if resumed else str(uuid.uuid4())
        records = Records(self.worker, self.id, self.plan.direction)
        self._begin(records, resumed)
        try:
            backup = self._backup(records)
            for migration in self.plan.migrations:
                self._migration(migration, records, resumed)
            self.mutex.check()
            self.worker.clean()
            records.end(self.options.schemas)
        except Problem as problem:
            records.broke_off(problem)
            raise self._told(problem) from problem
        except _database_error() as error:
            unknown = self._unforeseen(error)
            records.broke_off(unknown)
            raise unknown from error
        seconds = time.monotonic() - began
        self.worker.listener(events.RunFinished(self.id, seconds))
        return Outcome(self.id, resumed is not None, tuple(self.completed), self.steps, backup, (), seconds)

    def _begin(self, records: Records, resumed: UnfinishedRun | None) -> None:
        if resumed is not None:
            self.done = {(step.migration, step.step) for step in resumed.done}
            records.note(RunResumed(actor=self.actor, tool=self.options.tool))
        else:
            records.note(
                RunStarted(
                    plan=self.plan.id,
                    digest=self.plan.digest,
                    direction=self.plan.direction,
                    actor=self.actor,
                    tool=self.options.tool,
                    migrations=tuple(migration.file for migration in self.plan.migrations),
                )
            )
        self.worker.listener(events.RunStarted(self.id, resumed is not None))

    def _backup(self, records: Records) -> BackupRecord | None:
        """The backup, unless none is due, it was waived, or steps of this run stand already."""
        if not self.plan.backup.due or not self.plan.migrations or self.done:
            return None
        if (waiver := self.options.waiver) is not None:
            records.note(BackupWaived(who=waiver.who, how=waiver.how))
            return None
        if self.options.take_backup is None:
            raise BackupFailed("a backup is due and nothing takes one", why=self.plan.backup.reason, remedy=GO_ON)
        with self.worker.interruption.at_once():
            backup = self.options.take_backup(self.worker.listener)
        records.note(BackupTaken(backup=backup))
        return backup

    def _migration(self, migration: PlannedMigration, records: Records, resumed: UnfinishedRun | None) -> None:
        if self._is_complete(migration):
            return
        began = time.monotonic()
        self.worker.listener(events.MigrationStarted(migration.file, len(migration.steps)))
        if not migration.steps:
            records.nothing_to_do(migration)
        for index in range(len(migration.steps)):
            if (migration.file, index) not in self.done:
                running = resumed.running if resumed else None
                begun = running is not None and (running.migration, running.step) == (migration.file, index)
                self._step(Task(migration, index, begun), records)
        self.completed.append(migration.file)
        self.worker.listener(events.MigrationDone(migration.file, time.monotonic() - began))

    def _is_complete(self, migration: PlannedMigration) -> bool:
        """Whether an earlier attempt of this run completed it."""
        if migration.steps:
            return all((migration.file, index) in self.done for index in range(len(migration.steps)))
        stands = any(applied.file == migration.file and applied.run == self.id for applied in self.ledger.applied)
        return stands and self.plan.direction is Direction.UP

    def _step(self, task: Task, records: Records) -> None:
        self.worker.interruption.check()
        self.mutex.check()
        step = task.migration.steps[task.index]
        began = time.monotonic()
        file, lone = task.migration.file, isinstance(step, LoneStep)
        self.worker.listener(events.StepStarted(file, task.index, lone))
        try:
            match step:
                case TransactionStep():
                    run_transaction(step, task, self.worker, records)
                case LoneStep():
                    run_lone(step, task, self.worker, records, self.options.answer)
                case _:
                    assert_never(step)
        except RolledBack as problem:
            raise self._with_what_stands(problem, task) from problem
        self.done.add((file, task.index))
        self.steps += 1
        self.worker.listener(events.StepDone(file, task.index, time.monotonic() - began))

    def _with_what_stands(self, problem: RolledBack, task: Task) -> Problem:
        """The problem itself, or Partial where earlier steps of the same migration stand."""
        if task.index == 0:
            return problem
        return Partial(
            f"{problem.what} (step {task.index + 1} of {len(task.migration.steps)} of {task.migration.file})",
            why=f"{problem.why}; step {task.index + 1} left nothing behind, the {_steps(task.index)} before it stand",
            remedy=problem.remedy,
            place=problem.place,
        )

    def _told(self, problem: Problem) -> Problem:
        """The problem, and for an interruption what stands."""
        if not isinstance(problem, Interrupted):
            return problem
        stands = f"this run completed {len(self.completed)} of {len(self.plan.migrations)} migrations, on record"
        return Interrupted(
            problem.what, why=f"{problem.why}; {stands}", remedy=GO_ON, place=problem.place, exit_code=problem.exit_code
        )

    def _unforeseen(self, error: psycopg.Error) -> Partial:
        return Partial(
            "the run broke off at an error of the server that no step explains",
            why=str(error).strip() or type(error).__name__,
            remedy=GO_ON,
        )


def _steps(count: int) -> str:
    return "one" if count == 1 else f"{count} steps"


def _database_error() -> type[psycopg.Error]:
    import psycopg  # noqa: PLC0415 - slow to import

    return psycopg.Error
