"""A round trip within one transaction that is rolled back: the shadow stays as it is, and no copy of it is needed."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from migsafe.executor.rehearse.round_trip import (
    Generating,
    Proof,
    Sight,
    catalog_of,
    failed,
    fails,
    judged,
    look_at,
    not_tried,
    objects_of,
    sentences,
)
from migsafe.executor.rehearse.running import defaults_of, run_within, share, worker_on
from migsafe.executor.shadow.database import session
from migsafe.executor.steps.transaction import settle
from migsafe.executor.steps.worker import roll_back
from migsafe.schemas.evidence import RoundTripOutcome
from migsafe.schemas.problem import Partial, RolledBack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    import psycopg

    from migsafe.executor.rehearse.round_trip import Course
    from migsafe.executor.steps import Worker
    from migsafe.schemas.catalog import Catalog
    from migsafe.schemas.evidence import RoundTrip
    from migsafe.schemas.plan import PlannedMigration, Undo

_PASSES = 3
"""What a generated rollback left different is composed anew this often at most."""


class Apart(Exception):  # noqa: N818 - no error: it is done in another way
    """Applying and undoing cannot share a transaction, or perhaps fail only because they do."""


@dataclass(slots=True)
class Within:
    """Goes back and forth from what stands on the shadow, on a connection of its own."""

    url: str
    """Connects as the role that migrations run as."""
    course: Course
    _open: ExitStack = field(default_factory=ExitStack)
    _worker: Worker | None = None
    _defaults: list[tuple[object, ...]] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the shadow; the next thing that is asked for connects again."""
        self._worker = None
        self._open.close()

    def look(self) -> Sight:
        """What stands on the shadow. What was set for new sessions holds from here on."""
        if self._worker is not None and defaults_of(self._worker.connection) != self._defaults:
            self.close()
        return look_at(self._ready().connection, self.course.schemas)

    def tried(self, migration: PlannedMigration, before: Sight, after: Sight) -> Proof:
        """Undo the migration, which has just been applied, and apply it again: as declared, and as generated.

        `before` and `after` it, that is what stood and stands. Raises Apart where it has to be done with commits.
        """
        declared = self._declared(migration, before, after)
        wanted = declared is None or declared.outcome is not RoundTripOutcome.PROVEN
        if not wanted and self.course.generating is not Generating.ALWAYS:
            return Proof(migration.file, declared, None, None)
        undo, generated = self.generated(migration, before, after)
        return Proof(migration.file, declared, generated, undo)

    def _declared(self, migration: PlannedMigration, before: Sight, after: Sight) -> RoundTrip | None:
        import psycopg  # noqa: PLC0415 - slow to import

        undo = migration.undo
        if undo.sql is None:
            return None
        if not undo.steps:
            return not_tried(undo.reason)  # it is empty, or cannot be used
        if not share((*migration.steps, *undo.steps)):
            raise Apart
        with self._transaction() as worker:
            try:
                run_within(worker, undoing(migration, undo))
            except (RolledBack, Partial) as problem:
                return failed("the rollback", problem)
            try:
                back = look_at(worker.connection, self.course.schemas)
            except psycopg.Error as error:
                return fails(f"what the rollback left cannot be read: {_said(error)}")
            return self._again(worker, migration, (before, after), back)

    def _again(
        self, worker: Worker, migration: PlannedMigration, sights: tuple[Sight, Sight], back: Sight
    ) -> RoundTrip:
        """Apply again after undoing left `back`, and judge both; `sights` are before and after the migration."""
        try:
            run_within(worker, migration)
        except (RolledBack, Partial) as problem:
            raise Apart from problem
        again = objects_of(worker.connection, self.course.schemas)
        return judged(self.course, sights, back, again)

    def generated(
        self, migration: PlannedMigration, before: Sight, after: Sight
    ) -> tuple[Undo | None, RoundTrip | None]:
        """A rollback composed from what the migration changed, and how it fares; neither where nothing changed."""
        import psycopg  # noqa: PLC0415 - slow to import

        with self._transaction() as worker:
            try:
                texts, now = self._composed(worker, migration, before, after)
            except psycopg.Error as error:
                return None, composed_fails(error)
            if not texts:
                return None, None
            undo = self.course.wits.undo(migration, texts)
            if not share(migration.steps):
                raise Apart
            back = look_at(worker.connection, self.course.schemas, now)
            return undo, self._again(worker, migration, (before, after), back)

    def compose(self, migration: PlannedMigration, before: Sight, after: Sight) -> Undo | None:
        """A generated rollback that was not tried; None where nothing changed. Raises psycopg.Error where it fails."""
        with self._transaction() as worker:
            texts, _ = self._composed(worker, migration, before, after)
        return self.course.wits.undo(migration, texts) if texts else None

    def _composed(
        self, worker: Worker, migration: PlannedMigration, before: Sight, after: Sight
    ) -> tuple[tuple[str, ...], Catalog]:
        """The statements, each part composed from what the parts before it left, and the catalog that all leave.

        They stand in the transaction.
        """
        wits, connection, now = self.course.wits, worker.connection, after.catalog
        role = _become(connection, self.course.role)
        texts = list(wits.first(migration, before.catalog, now))
        _execute(connection, texts)
        if texts:
            now = catalog_of(connection, self.course.schemas)
        for _ in range(_PASSES):
            part = wits.then(now, before.catalog, role)
            _execute(connection, part)
            texts.extend(part)
            now = objects_of(connection, self.course.schemas)
            if not part or not sentences(self.course, before.catalog, now):
                break
            now = catalog_of(connection, self.course.schemas)
        settle(worker)
        return tuple(texts), now

    @contextmanager
    def _transaction(self) -> Iterator[Worker]:
        """A transaction that leaves nothing behind."""
        worker = self._ready()
        worker.clean()
        limit = worker.limits.timeouts.statement
        worker.connection.execute(f"BEGIN; SET LOCAL statement_timeout = {limit}".encode())
        try:
            yield worker
        finally:
            roll_back(worker.connection)

    def _ready(self) -> Worker:
        """Connected: a rollback may have ended its own session."""
        if self._worker is None or self._worker.connection.closed:
            self.close()
            connection = self._open.enter_context(session(self.url))
            self._worker = worker_on(connection, self.course.limits, self.course.role)
            self._defaults = defaults_of(connection)
        return self._worker


def undoing(migration: PlannedMigration, undo: Undo) -> PlannedMigration:
    """The rollback as a migration that can be run."""
    path = undo.file or migration.path
    text = {"sql": undo.sql or "", "path": path, "first_line": undo.first_line}
    return migration.model_copy(update={"steps": undo.steps, **text})


def composed_fails(error: psycopg.Error) -> RoundTrip:
    """What was composed does not run."""
    return fails(f"what was generated fails: {_said(error)}")


def _said(error: psycopg.Error) -> str:
    return f"{error.diag.message_primary or str(error)} ({error.sqlstate})"


def _execute(connection: psycopg.Connection, texts: Sequence[str]) -> None:
    for text in texts:
        connection.execute(text.encode())


def _become(connection: psycopg.Connection, role: str | None) -> str:
    """Take the role for the transaction; the name of the one that runs statements from now on."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    if role is not None:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    row = connection.execute("SELECT current_user").fetchone()
    return str(row[0]) if row else ""
