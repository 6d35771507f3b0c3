"""The rehearsal of a plan: a shadow is made, the plan is run there, and what was measured goes into the plan."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from migsafe.cli.flows.estimating import estimates_of, queries_of
from migsafe.cli.flows.proving import Stands, rehearsed_there_and_back
from migsafe.cli.flows.target import connected, from_environment
from migsafe.planner.catalog_difference import difference
from migsafe.planner.finish import finish, unrehearsed
from migsafe.planner.replay import applied_migrations
from migsafe.planner.standing import compare
from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.plan import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from migsafe.cli.flows.project import Project
    from migsafe.cli.screen import Screen
    from migsafe.executor.rehearse.rows import Filling
    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.planner.replay import Replayed
    from migsafe.planner.reverse.proven import Tried
    from migsafe.schemas.evidence import Evidence
    from migsafe.schemas.impact import Query
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.target import TargetFacts


_SOON_DONE = 10
"""So many migrations are rehearsed there and back in a few seconds."""


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
    queries = queries_of(stage)
    estimates = estimates_of(plan, stage, queries)
    if rehearsing is Rehearsing.SKIPPED:
        return unrehearsed(manifest, plan, "--no-rehearsal was given", estimates, stage.facts.live)
    if not manifest.rehearsal.enabled:
        reason = "rehearsal.enabled is false in the manifest"
        return unrehearsed(manifest, plan, reason, estimates, stage.facts.live)
    found = _evidence_or_reason(plan, stage, queries)
    if isinstance(found, str):
        return unrehearsed(manifest, plan, found, estimates, stage.facts.live)
    evidence, tried = found
    if estimates and evidence.failure is None:
        from migsafe.planner.impact import merged  # noqa: PLC0415 - the parser is slow to load

        evidence = evidence.model_copy(update={"impacts": merged(evidence.impacts, estimates)})
    finished = finish(manifest, plan, evidence, stage.facts.live)
    if not tried:
        return finished
    from migsafe.planner.reverse.proven import with_round_trips  # noqa: PLC0415 - only where it is asked for

    return with_round_trips(manifest, finished, tried, stage.facts.live)


def _evidence_or_reason(
    plan: Plan, stage: Stage, queries: Sequence[Query]
) -> tuple[Evidence, Mapping[str, Tried]] | str:
    """What was measured, or why nothing could be. What is damaged of earlier rehearsals is made anew."""
    from migsafe.executor.server.binaries import BinariesMissing  # noqa: PLC0415 - only where it is rehearsed
    from migsafe.executor.shadow.dumped import NotDumped  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.failed import Damaged  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.replay import NotReplayed  # noqa: PLC0415 - as above

    try:
        try:
            return _evidence(plan, stage, queries)
        except Damaged as damaged:
            stage.screen.say(f"What was kept of earlier rehearsals is made anew: {damaged.why}")
            return _evidence(plan, stage, queries)
    except (BinariesMissing, NotReplayed, NotDumped) as problem:
        place = f"{problem.place}: " if problem.place else ""
        return f"{place}{problem.what}: {problem.why}" if problem.why else f"{place}{problem.what}"


def require_rehearsed_result(plan: Plan, project: Project, url: str) -> None:
    """Raise Drift where the target came out otherwise than rehearsed; only what the shadow could know is compared."""
    evidence, manifest = plan.evidence, project.manifest
    if evidence is None:
        return
    if evidence.shadow.base_from is BaseFrom.REPLAY and manifest.database.url_env is not None:
        return  # owners and default privileges of the target are its own
    from migsafe.executor.rehearse import require_as_rehearsed  # noqa: PLC0415 - psycopg is slow to import

    require_as_rehearsed(plan, url, manifest.database.schemas)


def _evidence(plan: Plan, stage: Stage, queries: Sequence[Query]) -> tuple[Evidence, Mapping[str, Tried]]:
    from migsafe.executor.rehearse import Lacking, Script, rehearse  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.filled import rehearse_on_rows  # noqa: PLC0415 - as above

    manifest = stage.project.manifest
    # Our own embedded target has what its migrations wrote, and so has a shadow on which they were replayed.
    lacking = Lacking.NOTHING if manifest.database.url_env is None else Lacking.ROWS
    script = Script(difference, manifest.rehearsal.timeout, queries, lacking)
    filling = filling_for(stage)
    with _shadow(plan, stage) as (shadow, scratch):
        if manifest.rehearsal.round_trips and plan.direction is Direction.UP:
            _announce(plan, stage.screen)
            return rehearsed_there_and_back(plan, Stands(shadow, scratch, filling), script, stage.screen.passing)
        if filling is not None and scratch is not None:
            return rehearse_on_rows(plan, scratch, shadow, script, filling), {}
        return rehearse(plan, shadow, script), {}


def _announce(plan: Plan, screen: Screen) -> None:
    """Say what takes its time; a small plan is through before it is read."""
    from migsafe.executor.rehearse.proving import MOST_TRIED  # noqa: PLC0415 - psycopg is slow to import

    if (number := len(plan.migrations)) > _SOON_DONE:
        screen.say(
            f"{number} migrations are rehearsed, and {min(number, MOST_TRIED)} of them undone and applied again."
        )


@contextmanager
def _shadow(plan: Plan, stage: Stage) -> Iterator[tuple[ShadowDatabase, Scratch | None]]:
    """The database to rehearse on: of the target's schema, or of the replayed history, here or on the team's server.

    With the scratch server, where it is one of ours.
    """
    from migsafe.executor.rehearse import runner  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.shadow import own_server, scratch_server, shadow_database  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.dumped import dump_schema  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.from_target import shadow_of_target  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.replay import Applied, Wanted  # noqa: PLC0415 - as above

    manifest = stage.project.manifest
    major = manifest.shadow.major or plan.server_version // 10_000
    wanted = Wanted(plan.target.database, manifest.platform, manifest.database.schemas, plan.role, major)
    history = [Applied(each.sha256, each.migration) for each in _applied(stage.project, stage.facts)]
    run = partial(runner, limits=plan.limits, role=plan.role)
    if manifest.shadow.url_env is not None:
        url = from_environment(manifest.shadow.url_env)
        with own_server.shadow_elsewhere(url, wanted, plan.target, history, run) as shadow:
            yield shadow, None
        return
    # The target is left alone from here on.
    dumped = dump_schema(stage.url, manifest.platform) if stage.url and _from_target(manifest) else None
    with scratch_server(stage.project.root, major, stage.screen.say) as scratch:
        made = shadow_of_target(scratch, wanted, dumped) if dumped else shadow_database(scratch, wanted, history, run)
        with made as shadow:
            yield shadow, scratch


def _from_target(manifest: Manifest) -> bool:
    if manifest.shadow.base is not None:
        return manifest.shadow.base is BaseFrom.TARGET
    return manifest.database.url_env is not None


def _applied(project: Project, facts: TargetFacts) -> tuple[Replayed, ...]:
    migrations = project.migrations()
    history = compare(migrations, facts.ledger, facts.foreign, project.manifest.migrations.order)
    return applied_migrations(migrations, history, facts.ledger)


def filling_for(stage: Stage) -> Filling | None:
    """How the shadow's tables are filled, with what the target tells where that is allowed; None: not at all."""
    said = stage.project.manifest.rehearsal
    if not said.rows:
        return None
    from migsafe.executor.rehearse.rows import Filling  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.shares import shares  # noqa: PLC0415 - as above

    if not said.statistics or stage.url is None:
        return Filling(said.rows)
    with connected(stage.project, stage.url, "plan") as connection:
        return Filling(said.rows, shares(connection, stage.project.manifest.database.schemas, said.rows))
