"""Round trips: what they are run with, what the shadow is before and after, and what is said of the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog, read_objects
from migsafe.executor.rehearse.holdings import Held, added, holdings, lost
from migsafe.executor.rehearse.look import own
from migsafe.executor.survey.shape import same_spelling
from migsafe.schemas.evidence import RoundTrip, RoundTripOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import psycopg

    from migsafe.schemas.catalog import Catalog, Change
    from migsafe.schemas.plan import Limits, PlannedMigration, Undo
    from migsafe.schemas.problem import Problem


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
    """Of each statement; the one on its time is what ends a rollback that sleeps."""
    role: str | None
    schemas: tuple[str, ...]
    """Those that migrations manage. Compared are these, and all others that belong to the role they run as."""
    generating: Generating = Generating.WHERE_NEEDED


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of the round trips of one migration."""

    file: str
    declared: RoundTrip | None
    """With the rollback that is declared; None where none is."""
    generated: RoundTrip | None
    """With the generated one; None where the declared one is proven, or nothing could be generated."""
    undo: Undo | None
    """The generated rollback."""

    @property
    def round_trip(self) -> RoundTrip:
        """The one that counts: of the declared rollback, else of the generated one."""
        return self.declared or self.generated or NONE_GENERATED


def not_tried(detail: str) -> RoundTrip:
    """No round trip, and why."""
    return RoundTrip(outcome=RoundTripOutcome.NOT_TRIED, detail=detail, differences=(), lost=(), again=())


NONE_GENERATED = not_tried("it has no rollback, and changed nothing from which one could be generated")


@dataclass(frozen=True, slots=True)
class Sight:
    """The shadow at one moment."""

    catalog: Catalog
    held: Mapping[str, Held]


def look_at(connection: psycopg.Connection, schemas: tuple[str, ...], read: Catalog | None = None) -> Sight:
    """What stands there now: the catalog, and what the tables hold. In an open transaction or outside of one.

    `read` is the catalog where it was read since the last change: to read it is what takes longest.
    """
    with connection.transaction(force_rollback=True), same_spelling(connection):
        compared = _compared(connection, schemas)
        catalog = read_catalog(connection, compared) if read is None else read
        return Sight(catalog, holdings(connection, compared))


def catalog_of(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Catalog:
    """The catalog alone, with what needs what."""
    with connection.transaction(force_rollback=True), same_spelling(connection):
        return read_catalog(connection, _compared(connection, schemas))


def objects_of(connection: psycopg.Connection, schemas: tuple[str, ...]) -> Catalog:
    """The catalog alone, to be compared."""
    with connection.transaction(force_rollback=True), same_spelling(connection):
        return read_objects(connection, _compared(connection, schemas))


def _compared(connection: psycopg.Connection, schemas: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for (name,) in connection.execute(own("own_schemas.sql"), [list(schemas)]))


def judged(course: Course, sights: tuple[Sight, Sight], back: Sight, again: Catalog) -> RoundTrip:
    """What a round trip came to; `sights` are before and after the migration.

    Rows that are gone weigh more than a schema that differs.
    """
    before, after = sights
    differences = sentences(course, before.catalog, back.catalog)
    missing = lost(before.held, back.held)
    anew = sentences(course, after.catalog, again)
    left = added(before.held, back.held)
    outcome, detail = RoundTripOutcome.PROVEN, ""
    if missing:
        outcome, detail = RoundTripOutcome.LOSES_DATA, f"what stood in {', '.join(missing)} does not come back"
    elif differences or anew:
        outcome, detail = RoundTripOutcome.DIFFERS, (differences or anew)[0]
    elif left:
        outcome, detail = RoundTripOutcome.DIFFERS, f"rows that the migration wrote stay in {', '.join(left)}"
    return RoundTrip(outcome=outcome, detail=detail, differences=differences, lost=missing, again=anew)


def sentences(course: Course, before: Catalog, after: Catalog) -> tuple[str, ...]:
    """What differs between two catalogs, in words."""
    return tuple(change.sentence for change in course.wits.describe(before, after))


def failed(what: str, problem: Problem, differences: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> RoundTrip:
    """The rollback, or the migration after it, failed."""
    place = f"{problem.place}: " if problem.place else ""
    why = f" ({problem.why})" if problem.why else ""
    return fails(f"{what} fails: {place}{problem.what}{why}", differences, missing)


def fails(detail: str, differences: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> RoundTrip:
    """A round trip that did not come to its end."""
    outcome = RoundTripOutcome.FAILS
    return RoundTrip(outcome=outcome, detail=detail, differences=differences, lost=missing, again=())
