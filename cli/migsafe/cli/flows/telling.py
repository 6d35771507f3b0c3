"""status, history, doctor: the truth, read and never changed."""

from __future__ import annotations

import os.path
from enum import Enum, auto
from typing import TYPE_CHECKING

from migsafe.cli.drift_lines import drift_lines
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.saved import saved
from migsafe.cli.flows.target import connected, survey_target, target_url
from migsafe.cli.inert import inert_json
from migsafe.cli.lines import Line, Span, Tone, aligned, faint, line, paragraph, strong
from migsafe.cli.next_command import as_typed
from migsafe.cli.wording import plural, server_words
from migsafe.planner.standing import compare
from migsafe.schemas.plan import MigrationStanding, Standing
from migsafe.schemas.problem import ExitCode
from migsafe.schemas.report import REPORT_FORMAT, DoctorReport, HistoryReport, StatusReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.ledger import PastRun, UnfinishedRun
    from migsafe.schemas.target import TargetFacts

_PENDING = frozenset({Standing.PENDING, Standing.OUT_OF_ORDER})
_ASTRAY = frozenset({Standing.EDITED, Standing.MISSING, Standing.RELABELLED})
_STANDINGS = {
    Standing.APPLIED: Tone.GOOD,
    Standing.PENDING: Tone.STRONG,
    Standing.EDITED: Tone.BAD,
    Standing.LINE_ENDS: Tone.WARN,
    Standing.MISSING: Tone.BAD,
    Standing.OUT_OF_ORDER: Tone.WARN,
    Standing.FOREIGN: Tone.FAINT,
    Standing.RELABELLED: Tone.WARN,
}
_LAST_STEPS = 3
_MOST_APPLIED = 20
_STATES = {"ok": Tone.GOOD, "warning": Tone.WARN, "error": Tone.BAD}


class Verify(Enum):
    """Whether status compares the catalog with what the last run left."""

    NO = auto()
    CATALOG = auto()


def status(options: Options, screen: Screen, verify: Verify) -> ExitCode:
    """How folder, ledger and target stand to each other. A broken ledger and drift end with exit code 9."""
    project = open_project(options)
    with target_url(project, screen) as url:
        report = status_of(project, survey_target(project, url), past_runs(project, url))
        if verify is Verify.CATALOG:
            report = _verified(report, project, url, screen)
    report = report.model_copy(update={"next": as_typed(report.next, options.manifest, options.env)})
    if screen.json:
        screen.document(report)
    screen.show(_status_lines(report, screen))
    drifted = report.drift is not None and report.drift.objects
    return ExitCode.DRIFT if report.ledger == "broken" or drifted else ExitCode.DONE


def _verified(report: StatusReport, project: Project, url: str, screen: Screen) -> StatusReport:
    from migsafe.cli.flows.drifting import NothingToCompare, compared  # noqa: PLC0415 - start-up

    try:
        return report.model_copy(update={"drift": compared(project, url)})
    except NothingToCompare as problem:
        screen.say(f"not verified: {problem.why}; {problem.remedy}")
        return report


def status_of(project: Project, facts: TargetFacts, runs: tuple[PastRun, ...]) -> StatusReport:
    """The report on a target, from what was found there."""
    order = project.manifest.migrations.order
    standings = compare(project.migrations(), facts.ledger, facts.foreign, order)
    intact = "intact" if facts.ledger.intact else "broken"
    pending = sum(1 for one in standings if one.standing in _PENDING)
    return StatusReport(
        kind="status",
        format=REPORT_FORMAT,
        database=facts.identity.database,
        server=server_words(facts.session.server_version),
        ledger=intact if facts.ledger.exists else "none",
        migrations=standings,
        pending=pending,
        unfinished=facts.ledger.unfinished,
        waived=tuple(f"run {run.run[:8]} of {run.started_at[:10]}: {run.waived}" for run in runs if run.waived),
        drift=None,
        next=_next(project, facts, standings, pending),
        quarantine=sum(1 for one in facts.ledger.quarantine if one.purged_at is None),
    )


def past_runs(project: Project, url: str) -> tuple[PastRun, ...]:
    """The runs that the ledger of the target records, newest first."""
    from migsafe.executor.ledger import history as recorded  # noqa: PLC0415 - start-up

    with connected(project, url, "history") as connection:
        return recorded(connection)


def history(options: Options, screen: Screen) -> ExitCode:
    """The runs that the ledger records, newest first; `.migration_history` is written anew from them."""
    from migsafe.executor.ledger.mirror import mirror  # noqa: PLC0415 - start-up

    project = open_project(options)
    with target_url(project, screen) as url:
        runs = past_runs(project, url)
    mirror(project.root, runs, inert_json)
    if screen.json:
        screen.document(HistoryReport(kind="history", format=REPORT_FORMAT, runs=runs))
    screen.show(_history_lines(runs))
    return ExitCode.DONE


def doctor(options: Options, screen: Screen) -> ExitCode:
    """What is wrong with connection, pooler, versions, rights and disk. Errors end with exit code 1."""
    from migsafe.executor.doctor import examine, seclusion  # noqa: PLC0415 - start-up

    project = open_project(options)
    folder = project.root / project.manifest.backup.folder
    with target_url(project, screen) as url:
        checks = examine(url, backup_folder=folder, schemas=project.manifest.database.schemas)
    if project.manifest.rehearsal.enabled and project.manifest.shadow.url_env is None:
        checks += (seclusion(),)
    if screen.json:
        screen.document(DoctorReport(kind="doctor", format=REPORT_FORMAT, checks=checks))
    for check in checks:
        screen.show([line(Span(f"{check.state:<8}", _STATES[check.state]), f"{check.name}: {check.detail}")])
        if check.remedy:
            screen.show(paragraph(check.remedy, first="        next: ", rest="              ", width=screen.width))
    return ExitCode.ERROR if any(check.state == "error" for check in checks) else ExitCode.DONE


def _status_lines(report: StatusReport, screen: Screen) -> Iterator[Line]:
    yield line(strong(report.database), f" on {report.server}, ledger: {report.ledger}")
    shown = report.migrations if screen.verbose else _recent(report.migrations)
    if earlier := len(report.migrations) - len(shown):
        yield line(faint(f"  and {earlier:,} earlier ones, all applied: --verbose lists them"))
    rows = [(Span(f"{one.standing}", _STANDINGS[one.standing]), one.file or one.label) for one in shown]
    yield from aligned(rows, indent="  ")
    for one in report.migrations:
        if one.detail and one.standing is not Standing.PENDING:
            yield from paragraph(f"{one.file or one.label}: {one.detail}", first="! ", rest="  ", width=screen.width)
    if report.unfinished is not None:
        yield from _unfinished_lines(report.unfinished, screen.width)
    for waived in report.waived:
        yield line(Span("no backup: ", Tone.WARN), waived)
    if report.drift is not None:
        yield from drift_lines(report.drift, screen.width)
    if report.quarantine:
        yield line(f"{plural(report.quarantine, 'dropped object')} in quarantine: migsafe purge --dry-run")
    yield line(f"{report.pending} pending" if report.pending else Span("nothing is pending", Tone.GOOD))
    if report.next:
        yield from paragraph(report.next, first="next: ", rest="      ", width=screen.width)


def _recent(migrations: tuple[MigrationStanding, ...]) -> tuple[MigrationStanding, ...]:
    """All but the long row of applied ones that most folders begin with."""
    first = next((at for at, one in enumerate(migrations) if one.standing is not Standing.APPLIED), len(migrations))
    return migrations[max(first - _MOST_APPLIED, 0) :]


def _unfinished_lines(run: UnfinishedRun, width: int) -> Iterator[Line]:
    began = f"run {run.run[:8]} ({run.kind}, plan {run.plan[:8]}) began {run.started_at[:19]} and is not finished"
    yield line(Span("unfinished: ", Tone.BAD), began)
    done = ", ".join(f"{one.migration} step {one.step + 1} of {one.steps}" for one in run.done[-_LAST_STEPS:])
    yield from paragraph(f"{plural(len(run.done), 'step')} stand{f': {done}' if done else ''}", first="  ", width=width)
    if run.running is not None:
        begun = f"{run.running.migration} step {run.running.step + 1} had begun; the next run looks whether it was done"
        yield from paragraph(begun, first="  ", rest="  ", width=width)
    if run.error:
        yield from paragraph(f"stopped by: {run.error}", first="  ", rest="  ", width=width)


def _next(project: Project, facts: TargetFacts, standings: tuple[MigrationStanding, ...], pending: int) -> str:
    """The next command to type; empty where nothing is to do."""
    run = facts.ledger.unfinished
    if not facts.ledger.intact:
        return f"entry {facts.ledger.broken_at} of the ledger was changed by hand: find out by whom before going on"
    if run is not None and run.half_done:
        file = saved(project, run.plan)
        shown = os.path.relpath(file) if file else f"FILE, where FILE is plan {run.plan}"
        return f"migsafe apply {shown}"
    if pending or any(one.standing in _ASTRAY for one in standings):
        return "migsafe plan -o plan.json"
    return ""


def _history_lines(runs: tuple[PastRun, ...]) -> Iterator[Line]:
    if not runs:
        yield line("No run is recorded: migsafe has not changed this database.")
        return
    tones = {"done": Tone.GOOD, "failed": Tone.BAD, "unfinished": Tone.WARN}
    yield from aligned(
        (
            run.started_at[:19].replace("T", " "),
            run.run[:8],
            run.kind,
            Span(run.outcome, tones.get(run.outcome, Tone.PLAIN)),
            _backup_words(run),
            run.actor,
            _migrations_words(run),
        )
        for run in runs
    )


def _backup_words(run: PastRun) -> str:
    if run.backup is not None:
        return run.backup.file
    return f"no backup: {run.waived}" if run.waived else "no backup"


def _migrations_words(run: PastRun) -> str:
    if run.error:
        return run.error
    if len(run.migrations) > 1:
        return f"{run.migrations[0]} ... {run.migrations[-1]} ({len(run.migrations)})"
    return "".join(run.migrations)
