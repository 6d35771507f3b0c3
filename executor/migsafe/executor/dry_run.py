"""Tries a plan: all transactional steps in one transaction, which is rolled back."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.executor.gate import require_applicable, require_target
from migsafe.executor.locking import LockGate
from migsafe.executor.options import Outcome
from migsafe.executor.preflight import require_data
from migsafe.executor.run import explained, opened, stands_in_part, take_mutex
from migsafe.executor.signals import listening
from migsafe.executor.standing import require_alone, require_unchanged
from migsafe.executor.steps.transaction import Contended, begin, judged, send, settle
from migsafe.executor.steps.worker import Task, Worker, roll_back
from migsafe.schemas import events
from migsafe.schemas.step import LoneStep, TransactionStep

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.options import ApplyOptions
    from migsafe.schemas.events import Listener
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.step import LockNeed, StatementText

# What fails only because everything stands in one transaction: a new enum value used (55P04), and statements that want
# to be first in theirs (25001).
_ONE_TRANSACTION = frozenset({"55P04", "25001"})


def dry_run(plan: Plan, url: str, options: ApplyOptions, listener: Listener) -> Outcome:
    """Do all transactional steps in one transaction and roll it back; the ledger is only read.

    What stands outside of a transaction is not tried, nor what fails after it has been left out; the Outcome says so.
    The locks of all steps are taken as `apply` takes them, and held until the end. Raises what `apply` would.
    """
    began = time.monotonic()
    require_applicable(plan, options.now)
    with listening() as interruption, explained(), opened(plan, url, interruption) as connection:
        with interruption.at_once():
            require_target(plan, connection)
            mutex = take_mutex(plan, url, options, listener)
        with mutex:
            require_alone(connection, interruption.pause)
            ledger = require_unchanged(plan, connection, options.broken_off, options.compare)
            if not stands_in_part(plan, ledger):
                with interruption.at_once():
                    require_data(plan, connection)
            worker = Worker(connection, lambda: connection, plan.limits, plan.role, listener, interruption)
            mine = ledger.unfinished if ledger.unfinished and ledger.unfinished.plan == plan.id else None
            done = {(step.migration, step.step) for step in mine.done} if mine else set()
            tasks = [
                Task(migration, index)
                for migration in plan.migrations
                for index in range(len(migration.steps))
                if (migration.file, index) not in done
            ]
            trial = _tried(tasks, worker)
    files = tuple(dict.fromkeys(task.migration.file for task in tasks))
    return Outcome(None, False, files, trial.steps, None, tuple(trial.not_tried), time.monotonic() - began)


def _tried(tasks: list[Task], worker: Worker) -> _Trial:
    """The trial that came to its end; one that met the locks of others is begun anew."""
    gate = LockGate(_locks(tasks), worker.limits.locking, worker.role, worker.listener, worker.interruption.pause)
    worker.clean()
    while True:
        gate.wait(worker.connection)
        trial = _Trial(worker, gate)
        try:
            trial.run(tasks)
        except Contended:
            roll_back(worker.connection)
            gate.rest(worker.connection)
        else:
            return trial
        finally:
            roll_back(worker.connection)


def _locks(tasks: list[Task]) -> tuple[LockNeed, ...]:
    """What all transactional steps need, each relation once, with the strongest mode."""
    needs: dict[str, LockNeed] = {}
    for task in tasks:
        match task.migration.steps[task.index]:
            case TransactionStep(locks=locks):
                for need in locks:
                    known = needs.get(need.relation)
                    if known is None or known.lock.strength < need.lock.strength:
                        needs[need.relation] = need
            case LoneStep():
                continue
    return tuple(needs.values())


@dataclass(slots=True)
class _Trial:
    """One transaction, and what was and was not tried in it."""

    worker: Worker
    gate: LockGate
    steps: int = 0
    not_tried: list[str] = field(default_factory=list)

    def run(self, tasks: list[Task]) -> None:
        import psycopg  # noqa: PLC0415 - slow to import

        try:
            begin(self.worker, self.gate)
            for task in tasks:
                self._task(task)
        except psycopg.Error as error:
            raise judged(error, tasks[0], self.worker) from error

    def _task(self, task: Task) -> None:
        self.worker.interruption.check()
        step = task.migration.steps[task.index]
        match step:
            case LoneStep(statement=statement):
                self.not_tried.append(f"{task.migration.file}: {statement.summary} (it runs outside a transaction)")
            case TransactionStep():
                self._try(step, task)

    def _try(self, step: TransactionStep, task: Task) -> None:
        import psycopg  # noqa: PLC0415 - slow to import

        self.worker.listener(events.StepStarted(task.migration.file, task.index, lone=False))
        began = time.monotonic()
        self._arm()
        current = step.statements[0]
        try:
            for current in step.statements:
                send(current, task, self.worker)
            settle(self.worker)
        except psycopg.Error as error:
            self._leave_out(error, current, task)
        else:
            self.steps += 1
            self.worker.listener(events.StepDone(task.migration.file, task.index, time.monotonic() - began))

    def _arm(self) -> None:
        limits, locking = self.worker.limits.timeouts, self.worker.limits.locking
        sql = (
            "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; SAVEPOINT migsafe; "
            f"{self.worker.limits_sql('SET LOCAL')}; SET LOCAL lock_timeout = {locking.stall_budget}; "
            f"SET LOCAL statement_timeout = {limits.statement}"
        )
        self.worker.connection.execute(sql.encode())

    def _leave_out(self, error: psycopg.Error, statement: StatementText, task: Task) -> None:
        """Take the step back where its failure says nothing of an apply; else raise what the apply would."""
        excused = error.sqlstate in _ONE_TRANSACTION or (self.not_tried and not _is_contention(error))
        if self.worker.connection.broken or self.worker.interruption.asked or not excused:
            raise judged(error, task, self.worker, statement) from error
        self.worker.connection.execute(b"ROLLBACK TO SAVEPOINT migsafe")
        said = error.diag.message_primary or "it failed"
        why = "it needs an earlier COMMIT" if error.sqlstate in _ONE_TRANSACTION else "it may need what was not tried"
        self.not_tried.append(f"{task.migration.file}: {statement.summary} ({why}: {said})")


def _is_contention(error: psycopg.Error) -> bool:
    from psycopg import errors  # noqa: PLC0415 - slow to import

    return isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure)
