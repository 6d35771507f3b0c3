"""A statement that PostgreSQL refuses inside a transaction: begun on record, done, looked at again."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from migsafe.executor.steps.failure import refused
from migsafe.executor.steps.observe import index_named, link_between, observe
from migsafe.executor.steps.worker import roll_back
from migsafe.schemas.events import StatementDone, StatementStarted
from migsafe.schemas.problem import Drift, Partial
from migsafe.schemas.step import IndexBuilt, IndexGone, PartitionDetached, Repeatable, StepState, Unobservable

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.steps.worker import Task, Worker
    from migsafe.schemas.problem import RolledBack
    from migsafe.schemas.step import LoneStep


class Answer(StrEnum):
    """What a person says of a step that broke off and that the catalog tells nothing about."""

    DONE = "done"
    """It was done: go on after it."""
    AGAIN = "again"
    """It was not done, or does no harm twice: do it again."""


class LoneRecord(Protocol):
    """Writes what a lone step leaves in the ledger, each in a transaction of its own."""

    def running(self, task: Task) -> None:
        """Write that the step begins; durable when it returns."""

    def failed(self, task: Task, error: str) -> None:
        """Write that the step ended with an error and that nothing of it is left to find out."""

    def finished(self, task: Task) -> None:
        """Write that the step is done, and what is complete with it; durable when it returns."""


def run_lone(step: LoneStep, task: Task, worker: Worker, record: LoneRecord, answer: Answer | None) -> None:
    """Do the step: look, record that it begins, act, look again, record that it is done.

    With `task.resumed` it had begun before, and what the catalog shows is ours. Raises Drift where it shows somebody
    else's work, RolledBack where nothing of the step stands, Partial where some does, or Interrupted.
    """
    worker.clean()
    if task.resumed:
        done = _was_done(step, task, worker, answer)
    else:
        done = False
        _require_untouched(step, task, worker)
    gate = worker.gate(step, task.place)
    if not done:
        gate.wait(worker.connection)
        if not task.resumed:
            record.running(task)
        while not _acted(step, task, worker, record):
            gate.rest(worker.connection)
            gate.wait(worker.connection)
    record.finished(task)


def _was_done(step: LoneStep, task: Task, worker: Worker, answer: Answer | None) -> bool:
    """Whether an earlier run got it done; what it left half done is cleared away or finished."""
    if isinstance(step.observation, Unobservable):
        if answer is None:
            raise _ask_a_person(step, task)
        return answer is Answer.DONE
    state = _mended(step, task, worker)
    if state is StepState.DRIFTED:
        raise _drifted(step, task)
    return state is StepState.DONE


def _require_untouched(step: LoneStep, task: Task, worker: Worker) -> None:
    state = observe(worker.connection, step.observation)
    gone_already = state is StepState.DONE and isinstance(step.observation, IndexGone)  # DROP INDEX IF EXISTS
    if state is not StepState.PENDING and not gone_already:
        raise _drifted(step, task)


def _acted(step: LoneStep, task: Task, worker: Worker, record: LoneRecord) -> bool:
    """Send the statement and look again. False: others held what it needs, nothing of it stands, try again."""
    import psycopg  # noqa: PLC0415 - slow to import

    statement = step.statement
    worker.listener(StatementStarted(task.migration.file, statement.line, statement.summary))
    began = time.monotonic()
    try:
        _arm(step, worker)
        worker.execute(statement)
    except psycopg.Error as error:
        return _done_after_error(error, step, task, worker, record)
    worker.listener(StatementDone(task.migration.file, statement.line, time.monotonic() - began))
    worker.clean()
    observed = not isinstance(step.observation, Repeatable | Unobservable)
    if observed and observe(worker.connection, step.observation) is not StepState.DONE:
        raise _not_shown(step, task)
    return True


def _arm(step: LoneStep, worker: Worker) -> None:
    """Set role and limits; lock_timeout only where others would stand behind us in the queue.

    CREATE INDEX CONCURRENTLY and its like wait for old transactions for as long as it takes, with nobody behind them.
    """
    timeouts = worker.limits.timeouts
    waits = worker.limits.locking.stall_budget if any(need.lock.blocks_writes for need in step.locks) else 0
    settings = f"SET statement_timeout = {timeouts.statement}; SET lock_timeout = {waits}; {worker.limits_sql('SET')}"
    worker.connection.execute(settings.encode())


def _done_after_error(error: psycopg.Error, step: LoneStep, task: Task, worker: Worker, record: LoneRecord) -> bool:
    """Clear away what the statement left, and say whether it got done. Raises where it is not to be tried again."""
    from psycopg import errors  # noqa: PLC0415 - slow to import

    if worker.connection.broken or worker.connection.closed:
        raise _lost(task) from error
    roll_back(worker.connection)
    worker.clean()
    if worker.interruption.asked and not isinstance(step.observation, Unobservable):
        worker.interruption.check()  # what it left is recorded as begun, and found by the next apply
    problem = refused(error, task.migration, step.statement)
    state = _mended(step, task, worker)
    if state is StepState.DONE:
        return True
    if isinstance(step.observation, Unobservable):
        record.failed(task, problem.what)
        worker.interruption.check()
        raise _perhaps(problem) from error
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected):
        return False
    if state is StepState.PARTIAL:
        raise _half(problem) from error
    record.failed(task, problem.what)
    raise problem from error


def _mended(step: LoneStep, task: Task, worker: Worker) -> StepState:
    """What the catalog shows, after an index that is half built was dropped and a pending detachment finished."""
    import psycopg  # noqa: PLC0415 - slow to import

    if observe(worker.connection, step.observation) is StepState.PARTIAL and (sql := _mending(step, worker)):
        try:
            _arm(step, worker)
            with worker.interruption.cancelling(worker.connection):
                worker.connection.execute(sql.encode())
        except psycopg.Error as error:
            if worker.connection.broken or worker.connection.closed:
                raise _lost(task) from error
            worker.clean()
            worker.interruption.check()
            raise _half(refused(error, task.migration, step.statement)) from error
        worker.clean()
    return observe(worker.connection, step.observation)


def _mending(step: LoneStep, worker: Worker) -> str:
    """The statement that brings what broke off to a clear end; empty where there is none but the step's own."""
    match step.observation:
        case IndexBuilt(index=name, table=table):
            index = index_named(worker.connection, name, table)
            return f"DROP INDEX CONCURRENTLY {index.name}" if index and index.on_table and not index.valid else ""
        case PartitionDetached(parent=parent, partition=partition):
            link = link_between(worker.connection, parent, partition)
            return f"ALTER TABLE {link.parent} DETACH PARTITION {link.partition} FINALIZE" if link else ""
        case IndexGone() | Repeatable() | Unobservable():
            return ""


def _drifted(step: LoneStep, task: Task) -> Drift:
    match step.observation:
        case IndexBuilt(index=index):
            found, remedy = f"the index {index} is there already", f"look at it (\\d {index}), drop or keep it"
        case PartitionDetached(parent=parent, partition=partition):
            found, remedy = f"{partition} is no partition of {parent}, or is leaving it", "look at it"
        case IndexGone(index=index):
            found, remedy = f"the index {index} is invalid", "look at it"
        case Repeatable() | Unobservable():
            found, remedy = "the target has changed", "look at it"
    return Drift(
        f"{found}, and it was not migsafe that did it",
        why=f"{step.statement.summary} has not begun according to the ledger",
        remedy=f"{remedy}, then: migsafe plan",
        place=task.place,
    )


def _ask_a_person(step: LoneStep, task: Task) -> Partial:
    return Partial(
        f"{step.statement.summary} had begun when the run broke off, and the catalog does not tell whether it was done",
        why="it runs outside a transaction, and leaves no trace that could be looked for",
        remedy="find out, then say so: migsafe apply plan.json --step-was done (or: --step-was again)",
        place=task.place,
    )


def _not_shown(step: LoneStep, task: Task) -> Partial:
    return Partial(
        f"{step.statement.summary} came back without an error, but the catalog does not show its result",
        why="an IF NOT EXISTS may have met another object of that name",
        remedy="look at it, then go on: migsafe apply plan.json",
        place=task.place,
    )


def _perhaps(problem: RolledBack) -> Partial:
    return Partial(
        problem.what,
        why=f"{problem.why}; a procedure that commits in between may have done part of its work",
        remedy="see what it did, then go on, which does it again: migsafe apply plan.json",
        place=problem.place,
    )


def _half(problem: RolledBack) -> Partial:
    return Partial(
        problem.what,
        why=f"{problem.why}; it is half done",
        remedy="when the cause is gone, go on: migsafe apply plan.json",
        place=problem.place,
    )


def _lost(task: Task) -> Partial:
    return Partial(
        "the connection to the server was lost in the middle of a statement that runs outside a transaction",
        why="it may be half done, or done; the next apply finds out",
        remedy="when the server answers again, go on: migsafe apply plan.json",
        place=task.place,
    )
