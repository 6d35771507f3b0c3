"""A whole history tried on a shadow, from nothing: what of it does not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.rehearse.failing import failure_of, of_the_server
from migsafe.executor.rehearse.running import run_migration, worker_on
from migsafe.executor.shadow.database import session
from migsafe.schemas.problem import Drift, Partial, RolledBack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.executor.shadow.database import ShadowDatabase
    from migsafe.schemas.evidence import RehearsalFailure
    from migsafe.schemas.plan import Limits, PlannedMigration


def try_history(
    shadow: ShadowDatabase, migrations: Iterable[PlannedMigration], limits: Limits, role: str | None
) -> tuple[RehearsalFailure, ...]:
    """Do all migrations in order, also after one that fails; the first error of each file.

    Raises ScratchFailed where the server is what failed.
    """
    failures = []
    with of_the_server(), session(shadow.url) as connection:
        worker = worker_on(connection, limits, role)
        for migration in migrations:
            try:
                run_migration(worker, migration)
            except (RolledBack, Partial, Drift) as problem:
                failures.append(failure_of(problem, migration, connection))
    return tuple(failures)
