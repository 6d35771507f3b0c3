"""Round trips: each migration of a plan is applied to the shadow, undone, and applied again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.holdings import Held, added, holdings, lost
from migsafe.executor.rehearse.running import run_on
from migsafe.executor.shadow import templates
from migsafe.executor.shadow.database import catalog_of, session
from migsafe.schemas.evidence import RoundTrip, RoundTripOutcome
from migsafe.schemas.problem import Drift, Partial, Problem, RolledBack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.schemas.catalog import Catalog, Change
    from migsafe.schemas.plan import Limits, PlannedMigration, Undo

_KEPT = "round_trip"
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


@dataclass(frozen=True, slots=True)
class Course:
    """How round trips are run."""

    wits: Wits
    limits: Limits
    role: str | None


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
    try:
        for migration in migrations:
            trial = _Trial(scratch, shadow, migration, course)
            try:
                run_on(shadow.url, migration, course.limits, course.role)
            except (RolledBack, Partial, Drift):
                break
            found.append(trial.proof())
    finally:
        templates.forget(scratch, _KEPT)
    return tuple(found)


@dataclass(slots=True)
class _Trial:
    """One migration on the shadow, made just before it is applied."""

    scratch: Scratch
    shadow: ShadowDatabase
    migration: PlannedMigration
    course: Course
    before: Catalog = field(init=False)
    held: Mapping[str, Held] = field(init=False)

    def __post_init__(self) -> None:
        self.before = catalog_of(self.shadow)
        self.held = holdings(self.shadow.watcher_url, self.shadow.schemas)

    def proof(self) -> Proof:
        """After the migration was applied: go back and forth with what is declared, and what is generated."""
        after = catalog_of(self.shadow)
        name = _database(self.shadow)
        templates.store(self.scratch, _KEPT, name)
        declared = generated = undo = None
        if self.migration.undo.steps:
            declared = self._there_and_back(self.migration.undo, after)
        if declared is None or declared.outcome is not RoundTripOutcome.PROVEN:
            undo, generated = self._generated(after)
        return Proof(self.migration.file, declared, generated, undo)

    def _generated(self, after: Catalog) -> tuple[Undo | None, RoundTrip | None]:
        try:
            statements = self._compose(after)
        except (RolledBack, Partial, Drift) as problem:
            self._restore()
            return None, _failed("what was generated", problem)
        self._restore()
        if not statements:
            return None, None
        undo = self.course.wits.undo(self.migration, statements)
        return undo, self._there_and_back(undo, after)

    def _compose(self, after: Catalog) -> tuple[str, ...]:
        """The statements, each part composed from what the parts before it left."""
        wits, role = self.course.wits, self.course.role or _role(self.shadow)
        parts = [wits.first(self.migration, self.before, after)]
        self._run(wits.undo(self.migration, parts[0]))
        for _ in range(_PASSES):
            part = wits.then(catalog_of(self.shadow), self.before, role)
            if not part:
                break
            self._run(wits.undo(self.migration, part))
            parts.append(part)
        return tuple(text for part in parts for text in part)

    def _there_and_back(self, undo: Undo, after: Catalog) -> RoundTrip:
        """Undo and apply again; afterwards the shadow is as it was after the migration."""
        try:
            self._run(undo)
        except (RolledBack, Partial, Drift) as problem:
            self._restore()
            return _failed("the rollback", problem)
        back = catalog_of(self.shadow)
        held = holdings(self.shadow.watcher_url, self.shadow.schemas)
        differences = tuple(change.sentence for change in self.course.wits.describe(self.before, back))
        missing = lost(self.held, held)
        try:
            run_on(self.shadow.url, self.migration, self.course.limits, self.course.role)
        except (RolledBack, Partial, Drift) as problem:
            self._restore()
            return _failed("after it was undone, the migration", problem, differences, missing)
        again = tuple(change.sentence for change in self.course.wits.describe(after, catalog_of(self.shadow)))
        found = _judged(differences, missing, again, added(self.held, held))
        if found.outcome is not RoundTripOutcome.PROVEN:
            self._restore()
        return found

    def _run(self, undo: Undo) -> None:
        if undo.steps:
            path = undo.file or self.migration.path
            back = self.migration.model_copy(update={"steps": undo.steps, "sql": undo.sql or "", "path": path})
            run_on(self.shadow.url, back, self.course.limits, self.course.role)

    def _restore(self) -> None:
        """The shadow as it was after the migration."""
        name = _database(self.shadow)
        templates.drop(self.scratch, name)
        kept = templates.longest(self.scratch, [_KEPT])
        assert kept is not None  # noqa: S101 - stored at the beginning of the same trial
        templates.copy(self.scratch, _KEPT, kept[1], name)


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
    detail = f"{what} fails: {place}{problem.what}{why}"
    fails = RoundTripOutcome.FAILS
    return RoundTrip(outcome=fails, detail=detail, differences=differences, lost=missing, again=())


def _database(shadow: ShadowDatabase) -> str:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - slow to import

    return str(conninfo_to_dict(shadow.url)["dbname"])


def _role(shadow: ShadowDatabase) -> str:
    with session(shadow.url) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        return str(row[0]) if row else ""
