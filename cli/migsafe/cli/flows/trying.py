"""All migrations of a folder, run from nothing on a scratch server, undone and applied again."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from migsafe.cli.flows.proving import by_file, course_of
from migsafe.cli.wording import plural
from migsafe.schemas.plan import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.cli.flows.project import Project
    from migsafe.cli.screen import Screen
    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.planner.reverse.proven import Tried
    from migsafe.schemas.evidence import RehearsalFailure
    from migsafe.schemas.migration import Migration


def try_all(
    project: Project, migrations: tuple[Migration, ...], screen: Screen
) -> tuple[tuple[RehearsalFailure, ...], Mapping[str, Tried]]:
    """The first error of each file that does not run, and by file what came of undoing each that does.

    Of the latter there are none where `rehearsal.round_trips` is false. Raises Refusal for SQL that cannot be read,
    BinariesMissing where no server is to be had, and Problem.
    """
    from migsafe.executor.rehearse import limits_on_shadow, try_history  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.history import try_there_and_back  # noqa: PLC0415 - as above
    from migsafe.planner.reverse.history import with_rollbacks  # noqa: PLC0415 - with the parser

    manifest, rehearsal = project.manifest, project.manifest.rehearsal
    planned, role = with_rollbacks(migrations), manifest.database.role
    limits = _limits(project)
    with _empty_shadow(project, screen) as (scratch, shadow):
        if not rehearsal.round_trips:
            return try_history(shadow, planned, limits_on_shadow(limits, rehearsal.timeout), role), {}
        screen.say(f"{plural(len(planned), 'migration')} on a scratch server: run, undone, and run again.")
        course = course_of(limits, rehearsal.timeout, role, shadow)
        found = try_there_and_back(scratch, shadow, planned, course, screen.passing)
        return found.failures, by_file(found.proofs)


def _limits(project: Project) -> Limits:
    """The limits of the manifest, for a run that no window or freeze concerns."""
    policies = project.manifest.policies
    return Limits(timeouts=policies.timeouts, locking=policies.locking, maintenance_window=None, freeze=())


@contextmanager
def _empty_shadow(project: Project, screen: Screen) -> Iterator[tuple[Scratch, ShadowDatabase]]:
    """A shadow with nothing but the platform's own beginning."""
    from migsafe.executor.rehearse import runner  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.shadow import scratch_server, shadow_database  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.replay import Wanted  # noqa: PLC0415 - as above

    manifest, database = project.manifest, project.manifest.database
    major = manifest.shadow.major or database.major
    wanted = Wanted(manifest.project[:63], manifest.platform, database.schemas, database.role, major or 0)
    run = partial(runner, limits=_limits(project), role=database.role)
    with (
        scratch_server(project.root, major, screen.say) as scratch,
        shadow_database(scratch, wanted, (), run) as shadow,
    ):
        yield scratch, shadow
