"""Round trips: each migration of a plan is applied to the shadow, undone, and applied again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog
from migsafe.executor.rehearse.holdings import Held, added, holdings, lost
from migsafe.executor.rehearse.running import run_on
from migsafe.executor.shadow import templates
from migsafe.executor.shadow.database import catalog_of, session
from migsafe.executor.survey.shape import same_spelling
from migsafe.schemas.evidence import RoundTrip, RoundTripOutcome
from migsafe.schemas.problem import Drift, Partial, Problem, RolledBack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import psycopg

    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.schemas.catalog import Catalog, Change
    from migsafe.schemas.plan import Limits, PlannedMigration, Undo

_KEPT = "round_trip"
_BEGINNING = "round_trips_begin"
_PASSES = 3
"""What a generated rollback left different is composed anew this often at most."""


@dataclass(frozen=True, slots=True)
class Wits:
    """What the planner knows and the executor may not ask it."""

    describe: Callable[[Catalog, Catalog], tuple[Change, ...]]
    """What differs between two catalogs."""
    first: Callable[[PlannedMigration, Catalog, Catalog], tuple[str, ...]]
    """What a rollback begins with: renames and rows taken back; of the migration, the catalogs before and after it."""
    then: Callable[[Catalog, Catalog, str], tuple[str, ...]]
    """The statements that turn the first catalog into the second, run by the role."""
    undo: Callable[[PlannedMigration, tuple[str, ...]], Undo]
    """Statements as a rollback of the migration."""


class Generating(Enum):
    """For which migrations a rollback is generated."""

    WHERE_NEEDED = "where none is declared, or the declared one is not proven"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Course:
    """How round trips are run."""

    wits: Wits
    limits: Limits
    role: str | None
    generating: Generating = Generating.WHERE_NEEDED


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the round trips of one migration."""

    file: str
    declared: RoundTrip | None
    """With the rollback that is declared; None where none is, or where it cannot be read."""
    generated: RoundTrip | None
    """With the generated one; None where the declared one is proven, or nothing could be generated."""
    undo: Undo | None
    """The generated rollback."""

    @property
    def round_trip(self) -> RoundTrip:
        """The one that counts: of the declared rollback, else of the generated one."""
        return self.declared or self.generated or NOT_TRIED


NOT_TRIED = RoundTrip(
    outcome=RoundTripOutcome.NOT_TRIED,
    detail="there is no rollback, and none could be generated",
    differences=(),
    lost=(),
    again=(),
)


def prove(
    scratch: Scratch, shadow: ShadowDatabase, migrations: Sequence[PlannedMigration], course: Course
) -> tuple[Proof, ...]:
    """Apply the migrations one by one, and undo and apply each again before the next; the shadow has all in the end.

    Nobody else may be connected to the shadow. Stops before a migration that does not apply: the rehearsal says why.
    """
    found: list[Proof] = []
    before = _look(shadow)
    try:
        for migration in migrations:
            try:
                run_on(shadow.url, migration, course.limits, course.role)
            except (RolledBack, Partial, Drift):
                break
            trial = _Trial(scratch, shadow, migration, course, before, _look(shadow))
            found.append(trial.proof())
            # Tables that were made anew are others than before the round trip.
            before = _Sight(trial.after.catalog, holdings(shadow.watcher_url, shadow.schemas))
    finally:
        templates.forget(scratch, _KEPT)
    return tuple(found)


def set_aside(scratch: Scratch, shadow: ShadowDatabase) -> None:
    """Keep the shadow as it is now. Nobody may be connected to it."""
    templates.store(scratch, _BEGINNING, _database(shadow))


def bring_back(scratch: Scratch, shadow: ShadowDatabase) -> None:
    """The shadow as it was set aside, which can be done once."""
    _replace(scratch, shadow, _BEGINNING)
    templates.forget(scratch, _BEGINNING)


def _replace(scratch: Scratch, shadow: ShadowDatabase, key: str) -> None:
    name = _database(shadow)
    templates.drop(scratch, name)
    kept = templates.longest(scratch, [key])
    assert kept is not None  # noqa: S101 - stored before
    templates.copy(scratch, key, kept[1], name)


@dataclass(frozen=True, slots=True)
class _Sight:
    """The shadow at one moment."""

    catalog: Catalog
    held: Mapping[str, Held]


def _look(shadow: ShadowDatabase) -> _Sight:
    return _Sight(catalog_of(shadow), holdings(shadow.watcher_url, shadow.schemas))


@dataclass(frozen=True, slots=True)
class _Trial:
    """One migration on the shadow, just after it was applied."""

    scratch: Scratch
    shadow: ShadowDatabase
    migration: PlannedMigration
    course: Course
    before: _Sight
    after: _Sight

    def proof(self) -> Proof:
        """Go back and forth with what is declared, and with what is generated."""
        templates.store(self.scratch, _KEPT, _database(self.shadow))
        declared = generated = undo = None
        if self.migration.undo.steps:
            declared = self._there_and_back(self.migration.undo)
        wanted = declared is None or declared.outcome is not RoundTripOutcome.PROVEN
        if wanted or self.course.generating is Generating.ALWAYS:
            undo, generated = self._generated()
        return Proof(self.migration.file, declared, generated, undo)

    def _generated(self) -> tuple[Undo | None, RoundTrip | None]:
        import psycopg  # noqa: PLC0415 - slow to import

        try:
            statements = self._compose()
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error)
            return None, _fails(f"what was generated fails: {said} ({error.sqlstate})")
        if not statements:
            return None, None
        undo = self.course.wits.undo(self.migration, statements)
        return undo, self._there_and_back(undo)

    def _compose(self) -> tuple[str, ...]:
        """The statements, each part composed from what the parts before it left; the shadow stays as it is."""
        wits, now = self.course.wits, self.after.catalog
        found = list(wits.first(self.migration, self.before.catalog, now))
        with session(self.shadow.url) as connection, connection.transaction(force_rollback=True):
            role = _become(connection, self.course.role)
            for text in found:
                connection.execute(text.encode())
            if found:
                now = _catalog(connection, self.shadow.schemas)
            for _ in range(_PASSES):
                part = wits.then(now, self.before.catalog, role)
                for text in part:
                    connection.execute(text.encode())
                found.extend(part)
                if not part:
                    break
                now = _catalog(connection, self.shadow.schemas)
        return tuple(found)

    def _there_and_back(self, undo: Undo) -> RoundTrip:
        """Undo and apply again; afterwards the shadow is as it was after the migration."""
        describe = self.course.wits.describe
        try:
            self._run(undo)
        except (RolledBack, Partial, Drift) as problem:
            self._restore()
            return _failed("the rollback", problem)
        back = _look(self.shadow)
        differences = tuple(change.sentence for change in describe(self.before.catalog, back.catalog))
        missing = lost(self.before.held, back.held)
        try:
            run_on(self.shadow.url, self.migration, self.course.limits, self.course.role)
        except (RolledBack, Partial, Drift) as problem:
            self._restore()
            return _failed("after it was undone, the migration", problem, differences, missing)
        again = tuple(change.sentence for change in describe(self.after.catalog, catalog_of(self.shadow)))
        found = _judged(differences, missing, again, added(self.before.held, back.held))
        if again or missing or any(held.rows for held in self.before.held.values()):
            self._restore()
        return found

    def _run(self, undo: Undo) -> None:
        path = undo.file or self.migration.path
        back = self.migration.model_copy(update={"steps": undo.steps, "sql": undo.sql or "", "path": path})
        run_on(self.shadow.url, back, self.course.limits, self.course.role)

    def _restore(self) -> None:
        """The shadow as it was after the migration."""
        _replace(self.scratch, self.shadow, _KEPT)


def _judged(
    differences: tuple[str, ...], missing: tuple[str, ...], again: tuple[str, ...], left: tuple[str, ...]
) -> RoundTrip:
    """Rows that are gone weigh more than a schema that differs."""
    outcome, detail = RoundTripOutcome.PROVEN, ""
    if missing:
        outcome, detail = RoundTripOutcome.LOSES_DATA, f"rows of {', '.join(missing)} do not come back"
    elif differences or again:
        outcome, detail = RoundTripOutcome.DIFFERS, (differences or again)[0]
    elif left:
        outcome, detail = RoundTripOutcome.DIFFERS, f"rows that the migration wrote stay in {', '.join(left)}"
    return RoundTrip(outcome=outcome, detail=detail, differences=differences, lost=missing, again=again)


def _failed(what: str, problem: Problem, differences: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> RoundTrip:
    place = f"{problem.place}: " if problem.place else ""
    why = f" ({problem.why})" if problem.why else ""
    return _fails(f"{what} fails: {place}{problem.what}{why}", differences, missing)


def _fails(detail: str, differences: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> RoundTrip:
    outcome = RoundTripOutcome.FAILS
    return RoundTrip(outcome=outcome, detail=detail, differences=differences, lost=missing, again=())


def _database(shadow: ShadowDatabase) -> str:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - slow to import

    return str(conninfo_to_dict(shadow.url)["dbname"])


def _catalog(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Catalog:
    with connection.transaction(force_rollback=True), same_spelling(connection):
        return read_catalog(connection, schemas)


def _become(connection: psycopg.Connection, role: str | None) -> str:
    """Take the role for the transaction; the name of the one that runs statements from now on."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    if role is not None:
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    row = connection.execute("SELECT current_user").fetchone()
    return str(row[0]) if row else ""
