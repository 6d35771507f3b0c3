"""The rehearsal of a plan: a shadow is made, the plan is run there, and what was measured goes into the plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from migsafe.planner.catalog_difference import difference
from migsafe.planner.finish import finish, unrehearsed
from migsafe.planner.replay import applied_migrations
from migsafe.planner.standing import compare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migsafe.cli.flows.project import Project
    from migsafe.cli.screen import Screen
    from migsafe.planner.replay import Replayed
    from migsafe.schemas.evidence import Evidence
    from migsafe.schemas.impact import Query
    from migsafe.schemas.plan import Plan, PlannedMigration
    from migsafe.schemas.target import TargetFacts


class Rehearsing(Enum):
    """What the command line says of the rehearsal."""

    AS_DECLARED = "as declared"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a rehearsal of a plan is made from."""

    project: Project
    facts: TargetFacts
    url: str | None
    """Of the target; None where saved facts stand for it."""
    screen: Screen


def rehearsed(plan: Plan, stage: Stage, rehearsing: Rehearsing) -> Plan:
    """The plan with its evidence, or with the reason why there is none. Raises Problem where the shadow breaks off."""
    manifest = stage.project.manifest
    if not plan.migrations:
        return plan
    if rehearsing is Rehearsing.SKIPPED:
        return unrehearsed(plan, "--no-rehearsal was given")
    if not manifest.rehearsal.enabled:
        return unrehearsed(plan, "rehearsal.enabled is false in the manifest")
    from migsafe.executor.server.binaries import BinariesMissing  # noqa: PLC0415 - only where it is rehearsed
    from migsafe.executor.shadow.replay import NotReplayed  # noqa: PLC0415 - as above

    try:
        evidence = _evidence(plan, stage)
    except (BinariesMissing, NotReplayed) as problem:
        place = f"{problem.place}: " if problem.place else ""
        return unrehearsed(plan, f"{place}{problem.what}: {problem.why}" if problem.why else problem.what)
    return finish(manifest, plan, evidence, stage.facts.live)


def _evidence(plan: Plan, stage: Stage) -> Evidence:
    from migsafe.executor.rehearse import Script, rehearse  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.shadow import scratch_server, shadow_database  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.replay import Applied, Wanted  # noqa: PLC0415 - as above

    project, manifest = stage.project, stage.project.manifest
    major = manifest.shadow.major or plan.server_version // 10_000
    wanted = Wanted(plan.target.database, manifest.platform, manifest.database.schemas, plan.role, major)
    history = [Applied(each.sha256, each.migration) for each in _applied(project, stage.facts)]
    script = Script(difference, manifest.rehearsal.timeout, _queries(project))
    with (
        scratch_server(project.root, major, stage.screen.say) as scratch,
        shadow_database(scratch, wanted, history, lambda url, one: _run(url, one, plan)) as shadow,
    ):
        return rehearse(plan, shadow, script)


def _run(url: str, migration: PlannedMigration, plan: Plan) -> None:
    from migsafe.executor.rehearse import run_on  # noqa: PLC0415 - psycopg is slow to import

    run_on(url, migration, plan.limits, plan.role)


def _applied(project: Project, facts: TargetFacts) -> tuple[Replayed, ...]:
    migrations = project.migrations()
    history = compare(migrations, facts.ledger, facts.foreign, project.manifest.migrations.order)
    return applied_migrations(migrations, history, facts.ledger)


def _queries(project: Project) -> Sequence[Query]:
    """The application's queries in files; those of the target's statistics are not asked for here."""
    if not project.manifest.impact.queries:
        return ()
    from migsafe.planner.impact import read_queries  # noqa: PLC0415 - the parser is slow to load

    return read_queries(project.root, project.manifest.impact.queries)
