"""The rehearsal of a plan: the executor pointed at the shadow, and what was measured there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from migsafe.executor.impact import Watch
from migsafe.executor.rehearse.eye import Describe, Eye
from migsafe.executor.rehearse.failing import failure_of, of_the_server
from migsafe.executor.rehearse.look import relations_of
from migsafe.executor.rehearse.marks import Marks
from migsafe.executor.rehearse.running import run_migration, worker_on
from migsafe.executor.rehearse.sparing import sparing
from migsafe.executor.rehearse.tracked import tracked
from migsafe.executor.shadow.database import session
from migsafe.executor.survey.shape import ABSENT
from migsafe.schemas.catalog.fingerprint import changed_fingerprints
from migsafe.schemas.evidence import Evidence, MigrationEvidence, RoundTrip, RoundTripOutcome
from migsafe.schemas.impact import Verdict
from migsafe.schemas.problem import Drift, Partial, RolledBack
from migsafe.schemas.step import statements_of
from migsafe.schemas.target import ObjectFingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from migsafe.executor.rehearse.proving import Trips
    from migsafe.executor.shadow.database import ShadowDatabase
    from migsafe.schemas.catalog import Catalog
    from migsafe.schemas.evidence import RehearsalFailure
    from migsafe.schemas.impact import Query
    from migsafe.schemas.plan import Limits, Plan

MOST_READ = 60
"""Statements of a plan after each of which the catalog is read; of a larger plan it is read before and after all."""

NOT_TRIED = RoundTrip(
    outcome=RoundTripOutcome.NOT_TRIED, detail="only the way up was rehearsed", differences=(), lost=(), again=()
)


class Lacking(Enum):
    """What of the target the shadow does not have."""

    NOTHING = "nothing"
    ROWS = "rows"
    """A statement that fails for want of them is left undone, and is no failure."""


@dataclass(frozen=True, slots=True)
class Script:
    """How a rehearsal is done, besides what the plan says."""

    describe: Describe
    """Says what differs between two catalogs."""
    timeout_ms: int
    """Limit of each statement; 0: none."""
    queries: Sequence[Query] = ()
    """Of the application, to be prepared before and after."""
    lacking: Lacking = Lacking.NOTHING
    trips: Trips | None = None
    """The round trips that are made on the way; None: only the way up is rehearsed."""


def rehearse(plan: Plan, shadow: ShadowDatabase, script: Script) -> Evidence:
    """Do all steps of a plan on the shadow and say what was measured; an Evidence with a failure where one fails.

    Predicted effects are not compared here. Raises a Problem where the scratch server is what failed.
    """
    began = time.monotonic()
    with of_the_server(), session(shadow.url) as connection:
        before = tracked(connection, shadow.schemas)
        first = before.now
        watch = Watch(connection, script.queries) if script.queries else None
        marks = Marks() if _statements(plan) > MOST_READ else None
        eye = Eye(relations_of(connection), before, script.describe, shadow.watcher_url, watch, marks)
        migrations, failure = _migrations(plan, connection, eye, script)
        if watch is not None and failure is None:
            watch.look(connection, None)
        last = before.whole(connection)
    if marks is not None:
        migrations = marks.told(migrations, script.describe(first, last))
    base, expected = _changed(first, last) if failure is None else ((), ())
    impacts = () if watch is None or failure is not None else watch.impacts()
    return Evidence(
        shadow=shadow.about,
        migrations=migrations,
        base=base,
        expected=expected,
        impacts=tuple(each for each in impacts if each.verdict is not Verdict.UNAFFECTED),
        queries=len(script.queries),
        duration_ms=round(1000 * (time.monotonic() - began)),
        failure=failure,
    )


def _statements(plan: Plan) -> int:
    return sum(len(statements_of(step)) for migration in plan.migrations for step in migration.steps)


def limits_on_shadow(limits: Limits, timeout_ms: int) -> Limits:
    """The limits of a plan with the rehearsal's own limit of each statement; 0: none."""
    timeouts = limits.timeouts.model_copy(update={"statement": timeout_ms})
    return limits.model_copy(update={"timeouts": timeouts})


def _migrations(
    plan: Plan, connection: psycopg.Connection, eye: Eye, script: Script
) -> tuple[tuple[MigrationEvidence, ...], RehearsalFailure | None]:
    worker = worker_on(connection, limits_on_shadow(plan.limits, script.timeout_ms), plan.role, eye.hear, eye)
    if script.lacking is Lacking.ROWS:
        worker = sparing(worker, eye.spared)
    if script.trips is not None:
        script.trips.begin()
    found: list[MigrationEvidence] = []
    for migration in plan.migrations:
        eye.file, eye.path, eye.seen = migration.file, migration.path, []
        failure = None
        try:
            run_migration(worker, migration, lambda: eye.begins(connection))
        except (RolledBack, Partial, Drift) as problem:
            failure = failure_of(problem, migration, connection)
        found.append(MigrationEvidence(file=migration.file, statements=tuple(eye.seen), round_trip=NOT_TRIED))
        if failure is not None:
            return tuple(found), failure
        if script.trips is not None:
            worker.clean()  # nobody is to wait for an advisory lock that it left
            script.trips.applied(untried=sum(1 for each in eye.seen if each.untried))
    worker.clean()
    return tuple(found), None


def _changed(first: Catalog, last: Catalog) -> tuple[tuple[ObjectFingerprint, ...], tuple[ObjectFingerprint, ...]]:
    """The shapes before and after of each object that is not as it was."""
    old, new = changed_fingerprints(first, last)
    changed = sorted(old.keys() | new.keys())
    return (
        tuple(ObjectFingerprint(object=name, fingerprint=old.get(name, ABSENT)) for name in changed),
        tuple(ObjectFingerprint(object=name, fingerprint=new.get(name, ABSENT)) for name in changed),
    )
