"""drift: what differs between the target and what the last run left there."""

from __future__ import annotations

import datetime as dt
import getpass
import socket
from importlib.metadata import version
from itertools import groupby
from typing import TYPE_CHECKING

from migsafe.cli.drift_lines import drift_lines
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.target import connected, target_url
from migsafe.cli.lines import line, paragraph
from migsafe.cli.wording import server_words
from migsafe.executor.accept import accept_present
from migsafe.executor.ledger.kept import Left, NothingLeft, left
from migsafe.executor.survey import present_catalog
from migsafe.planner.catalog_difference import difference
from migsafe.planner.drift import with_drift
from migsafe.schemas.catalog.change import DriftedObject
from migsafe.schemas.problem import ExitCode, Problem
from migsafe.schemas.report import REPORT_FORMAT, DriftReport

if TYPE_CHECKING:
    import psycopg

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.catalog import Catalog, Change
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.target import TargetFacts

_MAJOR = 10_000
_NEXT = "undo it by hand, or write it into a migration; or take it for what should be: migsafe drift --accept"


class NothingToCompare(Problem):
    """Nobody can say how the target should be."""


def drift(options: Options, screen: Screen) -> ExitCode:
    """Compare the target with what the last run left. Drift ends with exit code 9; raises NothingToCompare."""
    project = open_project(options)
    with target_url(project, screen) as url:
        report = compared(project, url)
    return shown(report, screen)


def shown(report: DriftReport, screen: Screen) -> ExitCode:
    """Print what differs, and what to type next."""
    if screen.json:
        screen.document(report)
    screen.show(drift_lines(report, screen.width))
    if not report.objects:
        return ExitCode.DONE
    screen.show(paragraph(_NEXT, first="next: ", rest="      ", width=screen.width))
    return ExitCode.DRIFT


def compared(project: Project, url: str) -> DriftReport:
    """How the target differs now from what the ledger says it should be. Raises NothingToCompare and as `left`."""
    with connected(project, url, "drift") as connection:
        found = left(connection)
        if isinstance(found, NothingLeft):
            raise NothingToCompare(
                "there is nothing to compare the target with",
                why=found.why,
                remedy="the next migsafe up or apply records what it leaves; to take what is there now for what should "
                "be: migsafe drift --accept",
            )
        return _report(project, found, connection, present_catalog(connection, found.kept.schemas))


def with_drift_told(project: Project, url: str, facts: TargetFacts, plan: Plan) -> Plan:
    """The plan with a warning for each drifted object that it does not guard; as it is where none can be known."""
    return told_of(project, plan, drift_since(project, url, facts)) if plan.migrations else plan


def drift_since(project: Project, url: str, facts: TargetFacts) -> tuple[Change, ...]:
    """How the target differs from what the last run left; nothing where that cannot be known."""
    if not facts.ledger.exists:
        return ()
    with connected(project, url, "plan") as connection:
        found = left(connection)
    if isinstance(found, NothingLeft) or _notes(project, found, facts.session.server_version):
        return ()  # what differs would not be drift alone
    return difference(found.kept.catalog, facts.catalog)


def told_of(project: Project, plan: Plan, changes: tuple[Change, ...]) -> Plan:
    """The plan with a warning for each drifted object that it does not guard."""
    if not plan.migrations:
        return plan
    today = dt.datetime.fromisoformat(plan.created_at).date()
    return with_drift(project.manifest, plan, changes, today)


def accept(options: Options, screen: Screen) -> ExitCode:
    """Record the target as it is for what it should be. Raises Locked, and Partial where a run broke off."""
    project = open_project(options)
    schemas = project.manifest.database.schemas
    with target_url(project, screen) as url, connected(project, url, "drift") as connection:
        before = left(connection)
        if options.dry_run:
            now = present_catalog(connection, schemas)
        else:
            now = accept_present(url, connection, schemas, actor=_actor(connection), tool=version("migsafe"))
        report = _accepted(project, before, connection, now).model_copy(update={"accepted": not options.dry_run})
    if screen.json:
        screen.document(report)
    if report.objects:
        screen.show(drift_lines(report, screen.width))
    screen.show([line("dry run: nothing was recorded" if options.dry_run else "Recorded: this is how it should be.")])
    return ExitCode.DONE


def _accepted(
    project: Project, before: Left | NothingLeft, connection: psycopg.Connection, now: Catalog
) -> DriftReport:
    """What was accepted, as a difference from what should have been before."""
    if isinstance(before, Left):
        return _report(project, before, connection, now)
    return DriftReport(
        kind="drift",
        format=REPORT_FORMAT,
        database=connection.info.dbname,
        against="nothing",
        run=None,
        actor="",
        at="",
        objects=(),
        notes=(before.why,),
        accepted=True,
    )


def _report(project: Project, found: Left, connection: psycopg.Connection, now: Catalog) -> DriftReport:
    return DriftReport(
        kind="drift",
        format=REPORT_FORMAT,
        database=connection.info.dbname,
        against="accepted" if found.run is None else "run",
        run=found.run,
        actor=found.actor,
        at=found.at,
        objects=by_object(difference(found.kept.catalog, now)),
        notes=tuple(_notes(project, found, connection.info.server_version)),
        accepted=False,
    )


def by_object(changes: tuple[Change, ...]) -> tuple[DriftedObject, ...]:
    """The changes under the object that the catalog lists, in their order."""
    return tuple(
        DriftedObject(object=str(within), changes=tuple(of_object))
        for within, of_object in groupby(changes, key=lambda change: change.within)
    )


def _notes(project: Project, found: Left, server_version: int) -> list[str]:
    notes, was = [], found.kept.server_version
    if found.broke_off is not None:
        notes.append(f"run {found.broke_off[:8]} broke off since; what it did shows here too (migsafe status)")
    if was // _MAJOR != server_version // _MAJOR:
        notes.append(
            f"it was {server_words(was)} then and is {server_words(server_version)} now, which may spell some "
            "definitions otherwise"
        )
    if set(found.kept.schemas) != set(project.manifest.database.schemas):
        notes.append(f"compared are the schemas that were managed then: {', '.join(found.kept.schemas)}")
    return notes


def _actor(connection: psycopg.Connection) -> str:
    return f"{getpass.getuser()}@{socket.gethostname()}, role {connection.info.user}"
