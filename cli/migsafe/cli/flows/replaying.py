"""drift --against replay: the target held against its applied migrations, run from nothing on a scratch server."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from migsafe.cli.flows.drifting import by_object, shown
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.target import survey_target, target_url
from migsafe.planner.catalog_difference import difference
from migsafe.planner.replay import applied_migrations
from migsafe.planner.standing import compare
from migsafe.schemas.catalog import CatalogKind
from migsafe.schemas.plan import Limits
from migsafe.schemas.report import REPORT_FORMAT, DriftReport

if TYPE_CHECKING:
    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.catalog import Catalog, Change
    from migsafe.schemas.problem import ExitCode
    from migsafe.schemas.target import TargetFacts

_MAJOR = 10_000
_OWN = "owners, extensions' versions, default privileges and grants are not compared: a scratch server has its own"


def drift_from_replay(options: Options, screen: Screen) -> ExitCode:
    """Compare the target with its replayed history. Drift ends with exit code 9.

    Raises BinariesMissing where no server is to be had, NotReplayed where the history does not run there.
    """
    project = open_project(options)
    with target_url(project, screen) as url:
        facts = survey_target(project, url)
    changes = difference(_replayed(project, facts, screen), facts.catalog)
    report = DriftReport(
        kind="drift",
        format=REPORT_FORMAT,
        database=facts.identity.database,
        against="replay",
        run=None,
        actor="",
        at="",
        objects=by_object(tuple(change for change in changes if _comparable(change))),
        notes=(_OWN,),
        accepted=False,
    )
    return shown(report, screen)


def _replayed(project: Project, facts: TargetFacts, screen: Screen) -> Catalog:
    """The catalog after all that was applied."""
    from migsafe.executor.rehearse import runner  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.shadow import scratch_server, shadow_database  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.database import catalog_of  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.replay import Applied, Wanted  # noqa: PLC0415 - as above

    manifest, migrations = project.manifest, project.migrations()
    role, major = manifest.database.role, manifest.shadow.major or facts.session.server_version // _MAJOR
    wanted = Wanted(facts.identity.database, manifest.platform, manifest.database.schemas, role, major)
    timeouts = manifest.policies.timeouts.model_copy(update={"statement": manifest.rehearsal.timeout})
    limits = Limits(timeouts=timeouts, locking=manifest.policies.locking, maintenance_window=None, freeze=())
    standings = compare(migrations, facts.ledger, facts.foreign, manifest.migrations.order)
    history = [Applied(each.sha256, each.migration) for each in applied_migrations(migrations, standings, facts.ledger)]

    with (
        scratch_server(project.root, major, screen.say) as scratch,
        shadow_database(scratch, wanted, history, partial(runner, limits=limits, role=role)) as shadow,
    ):
        return catalog_of(shadow)


def _comparable(change: Change) -> bool:
    kinds = {CatalogKind.DEFAULT_PRIVILEGES, CatalogKind.EXTENSION}
    return change.within.kind not in kinds and change.field not in {"owner", "grants"}
