"""A whole history tried on a shadow, from nothing: what of it does not run, and what does not come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.copied import Copied
from migsafe.executor.rehearse.failing import failure_of, of_the_server
from migsafe.executor.rehearse.running import run_migration, worker_on
from migsafe.executor.rehearse.within import Apart, Within
from migsafe.executor.shadow.database import session
from migsafe.schemas.problem import Drift, Partial, RolledBack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from migsafe.executor.rehearse.round_trip import Course, Proof, Sight
    from migsafe.executor.shadow import Scratch
    from migsafe.executor.shadow.database import ShadowDatabase
    from migsafe.schemas.evidence import RehearsalFailure
    from migsafe.schemas.plan import Limits, PlannedMigration


def try_history(
    shadow: ShadowDatabase, migrations: Sequence[PlannedMigration], limits: Limits, role: str | None
) -> tuple[RehearsalFailure, ...]:
    """Do all migrations in order, also after one that fails; the first error of each file.

    Raises ScratchFailed where the server is what failed.
    """
    failures = (_run(shadow, migration, limits, role) for migration in migrations)
    with of_the_server():
        return tuple(failure for failure in failures if failure is not None)


@dataclass(frozen=True, slots=True)
class ThereAndBack:
    """What came of a history."""

    failures: tuple[RehearsalFailure, ...]
    """The first error of each file that does not run."""
    proofs: tuple[Proof, ...]
    """Of each migration that does, and was tried."""


def try_there_and_back(
    scratch: Scratch,
    shadow: ShadowDatabase,
    migrations: Sequence[PlannedMigration],
    course: Course,
    tell: Callable[[str], None] = lambda _: None,
    only: frozenset[str] | None = None,
) -> ThereAndBack:
    """Do all migrations in order, also after one that fails, and undo and do again each of them before the next.

    Nobody else may be connected to the shadow, which has all of them in the end. `only` are the files that are tried;
    None: all. Raises ScratchFailed.
    """
    failures: list[RehearsalFailure] = []
    proofs: list[Proof] = []
    before: Sight | None = None
    with of_the_server(), Within(shadow.url, course) as within:
        for number, migration in enumerate(migrations, 1):
            wanted = only is None or migration.file in only
            before = before or (within.look() if wanted else None)
            failure = _run(shadow, migration, course.limits, course.role)
            if failure is not None:
                failures.append(failure)
            if failure is not None or not wanted or before is None:
                before = None
                continue
            tell(f"undone and applied again: {migration.file} ({number} of {len(migrations)})")
            after = within.look()
            proofs.append(_tried(Copied(scratch, shadow, within), migration, before, after))
            before = after
    return ThereAndBack(tuple(failures), tuple(proofs))


def _run(
    shadow: ShadowDatabase, migration: PlannedMigration, limits: Limits, role: str | None
) -> RehearsalFailure | None:
    """Do one migration in a session of its own; why it does not run."""
    with session(shadow.url) as connection:
        try:
            run_migration(worker_on(connection, limits, role), migration)
        except (RolledBack, Partial, Drift) as problem:
            return failure_of(problem, migration, connection)
    return None


def _tried(copied: Copied, migration: PlannedMigration, before: Sight, after: Sight) -> Proof:
    try:
        return copied.within.tried(migration, before, after)
    except Apart:
        return copied.tried(migration, before, after)
