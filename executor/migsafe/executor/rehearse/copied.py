"""A round trip with commits, for what cannot share a transaction: a copy of the shadow brings it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.holdings import lost
from migsafe.executor.rehearse.round_trip import Generating, Proof, failed, judged, not_tried, sentences
from migsafe.executor.rehearse.running import run_on
from migsafe.executor.rehearse.within import composed_fails, undoing
from migsafe.executor.shadow import templates
from migsafe.schemas.evidence import RoundTripOutcome
from migsafe.schemas.problem import Drift, Partial, RolledBack

if TYPE_CHECKING:
    from migsafe.executor.rehearse.round_trip import Sight
    from migsafe.executor.rehearse.within import Within
    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.schemas.evidence import RoundTrip
    from migsafe.schemas.plan import PlannedMigration, Undo

_KEPT = "round_trip"


@dataclass(frozen=True, slots=True)
class Copied:
    """Goes back and forth from what stands on the shadow, to which nobody but `within` may be connected."""

    scratch: Scratch
    shadow: ShadowDatabase
    within: Within

    def tried(self, migration: PlannedMigration, before: Sight, after: Sight) -> Proof:
        """Undo the migration, which has just been applied, and apply it again: as declared, and as generated."""
        course, undo = self.within.course, migration.undo
        self.within.close()
        templates.store(self.scratch, _KEPT, _database(self.shadow))
        try:
            declared = None
            if undo.sql is not None:
                steps = undo.steps
                declared = self._trip(migration, undo, (before, after)) if steps else not_tried(undo.reason)
            wanted = declared is None or declared.outcome is not RoundTripOutcome.PROVEN
            if not wanted and course.generating is not Generating.ALWAYS:
                return Proof(migration.file, declared, None, None)
            undo_again, generated = self._generated(migration, (before, after))
            return Proof(migration.file, declared, generated, undo_again)
        finally:
            self.within.close()
            templates.forget(self.scratch, _KEPT)

    def _generated(
        self, migration: PlannedMigration, sights: tuple[Sight, Sight]
    ) -> tuple[Undo | None, RoundTrip | None]:
        import psycopg  # noqa: PLC0415 - slow to import

        try:
            undo = self.within.compose(migration, *sights)
        except psycopg.Error as error:
            return None, composed_fails(error)
        return (None, None) if undo is None else (undo, self._trip(migration, undo, sights))

    def _trip(self, migration: PlannedMigration, undo: Undo, sights: tuple[Sight, Sight]) -> RoundTrip:
        """Undo and apply again; afterwards the shadow is as it was after the migration."""
        try:
            return self._there_and_back(migration, undo, sights)
        finally:
            self.within.close()
            _replace(self.scratch, self.shadow, _KEPT)

    def _there_and_back(self, migration: PlannedMigration, undo: Undo, sights: tuple[Sight, Sight]) -> RoundTrip:
        course = self.within.course
        try:
            run_on(self.shadow.url, undoing(migration, undo), course.limits, course.role)
        except (RolledBack, Partial, Drift) as problem:
            return failed("the rollback", problem)
        back = self.within.look()
        try:
            run_on(self.shadow.url, migration, course.limits, course.role)
        except (RolledBack, Partial, Drift) as problem:
            differences = sentences(course, sights[0].catalog, back.catalog)
            missing = lost(sights[0].held, back.held)
            return failed("after it was undone, the migration", problem, differences, missing)
        return judged(course, sights, back, self.within.look().catalog)


def bring_back(scratch: Scratch, shadow: ShadowDatabase) -> None:
    """The shadow as it was made, from the template that it was made from. Nobody may be connected to it."""
    _replace(scratch, shadow, shadow.template)


def _replace(scratch: Scratch, shadow: ShadowDatabase, key: str) -> None:
    name = _database(shadow)
    templates.drop(scratch, name)
    kept = templates.longest(scratch, [key])
    assert kept is not None  # noqa: S101 - stored before
    templates.copy(scratch, key, kept[1], name)


def _database(shadow: ShadowDatabase) -> str:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - slow to import

    return str(conninfo_to_dict(shadow.url)["dbname"])
