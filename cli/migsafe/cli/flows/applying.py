"""apply: a plan, carried out after somebody agreed."""

from __future__ import annotations

import datetime as dt
import getpass
import socket
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from migsafe.cli.flows.consent import require_consent, waiver_words
from migsafe.cli.flows.forcing import forced
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.rehearsing import require_rehearsed_result
from migsafe.cli.flows.showing import load_plan
from migsafe.cli.flows.target import target_url
from migsafe.cli.flows.telling import past_runs
from migsafe.cli.inert import inert_json
from migsafe.cli.lines import Line, Span, Tone, line, paragraph
from migsafe.cli.next_command import naming_plan
from migsafe.cli.progress import Progress
from migsafe.cli.wording import plural
from migsafe.executor import backup
from migsafe.executor.connect import redacted
from migsafe.executor.dry_run import dry_run
from migsafe.executor.gate import require_applicable
from migsafe.executor.ledger.mirror import mirror
from migsafe.executor.options import ApplyOptions, Outcome, Waiver
from migsafe.executor.run import apply
from migsafe.executor.standing import BrokenOff
from migsafe.planner.catalog_difference import difference
from migsafe.schemas.problem import ExitCode, Problem, Stale
from migsafe.schemas.report import REPORT_FORMAT, AppliedReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.cli.options import Consent, Options
    from migsafe.cli.screen import Screen
    from migsafe.executor.steps.lone import Answer
    from migsafe.schemas.backup import BackupRecord
    from migsafe.schemas.events import Listener
    from migsafe.schemas.plan import Plan


_MOST_FILES = 20
_DID = {"up": "Applied: ", "down": "Undone: ", "purge": "Dropped for good: "}


@dataclass(frozen=True, slots=True)
class Task:
    """A plan to be carried out, and where."""

    plan: Plan
    project: Project
    url: str
    screen: Screen
    answer: Answer | None = None
    """What a person says of a step that broke off and that the catalog tells nothing about."""
    broken_off: BrokenOff = BrokenOff.REFUSE
    """What to do about another plan's run that left a migration half done."""


def apply_file(options: Options, consent: Consent, screen: Screen, file: Path, answer: Answer | None) -> ExitCode:
    """Apply the plan of a file in the environment that it was made for. Raises Stale where another one is asked for."""
    plan = load_plan(file)
    if options.env not in {None, plan.environment}:
        raise Stale(
            f"the plan is not for environment {options.env}",
            why=f"it was made for {plan.environment or 'no environment'}",
            remedy=f"make one: migsafe plan --env {options.env} -o {file}",
        )
    project = open_project(replace(options, env=plan.environment))
    if consent.force:
        plan = forced(plan, project.manifest)
    unsaid = plan.environment if options.env is None else None
    with naming_plan(str(file), unsaid), target_url(project, screen) as url:
        task = Task(plan, project, url, screen, answer, broken_off(consent))
        if options.dry_run:
            return report(task, try_out(task), options)
        waiver = agreed(task, consent)
        return report(task, carry_out(task, waiver), options)


def broken_off(consent: Consent) -> BrokenOff:
    """What the command line says about a run that left a migration half done."""
    return BrokenOff.SUPERSEDE if consent.supersede else BrokenOff.REFUSE


def agreed(task: Task, consent: Consent) -> Waiver | None:
    """Ask whether to go on, and whether without the backup that is due; what forbids the plan by itself comes first."""
    require_applicable(task.plan, _now())
    if not task.plan.migrations:
        return None
    require_consent(task.plan, redacted(task.url), consent, task.screen)
    how = waiver_words(task.plan, consent, task.screen)
    return None if how is None else Waiver(who=_actor(), how=how)


def carry_out(task: Task, waiver: Waiver | None) -> Outcome:
    """Do what the plan says; write `.migration_history` anew whatever came of it. Raises as `executor.run.apply`."""
    if not task.plan.migrations:
        return Outcome(None, False, (), 0, None, (), 0.0)
    try:
        return apply(task.plan, task.url, _options(task, waiver), Progress(task.screen))
    finally:
        _mirror(task)


def try_out(task: Task) -> Outcome:
    """Do all that a transaction can take back, and take it back."""
    if not task.plan.migrations:
        return Outcome(None, False, (), 0, None, (), 0.0)
    return dry_run(task.plan, task.url, _options(task, None), Progress(task.screen))


def report(task: Task, outcome: Outcome, options: Options) -> ExitCode:
    """Print what came of it. Raises Drift where the target came out otherwise than rehearsed."""
    if outcome.migrations and not options.dry_run:
        require_rehearsed_result(task.plan, task.project, task.url)
    told = AppliedReport(
        kind="apply",
        format=REPORT_FORMAT,
        run=outcome.run,
        plan=task.plan.id,
        direction=task.plan.direction.value,
        dry_run=options.dry_run,
        migrations=outcome.migrations,
        steps=outcome.steps,
        not_tried=outcome.not_tried,
        backup=outcome.backup,
        seconds=round(outcome.seconds, 3),
    )
    if task.screen.json:
        task.screen.document(told)
    task.screen.show(_lines(told, task.plan.backup.settings.folder, task.screen.width))
    return ExitCode.DONE


def _lines(told: AppliedReport, folder: str, width: int) -> Iterator[Line]:
    if not told.migrations:
        yield line(Span("Nothing to do.", Tone.GOOD))
        return
    what = f"{plural(len(told.migrations), 'migration')}, {plural(told.steps, 'step')}, {told.seconds:.2f} s"
    if told.dry_run:
        yield line(Span("Tried and rolled back: ", Tone.GOOD), what)
        for one in told.not_tried:
            yield from paragraph(one, first="  not tried: ", rest="             ", width=width)
        return
    yield line(Span(_DID[told.direction], Tone.GOOD), what)
    for file in told.migrations[:_MOST_FILES]:
        yield line(f"  {file}")
    if (more := len(told.migrations) - _MOST_FILES) > 0:
        yield line(f"  and {more:,} more: migsafe status")
    if told.backup is not None:
        yield line(f"backup: {folder}/{told.backup.file}, sha256 {told.backup.sha256[:12]}")


def _options(task: Task, waiver: Waiver | None) -> ApplyOptions:
    return ApplyOptions(
        now=_now(),
        actor=_actor(),
        tool=version("migsafe"),
        take_backup=partial(_take_backup, task),
        waiver=waiver,
        answer=task.answer,
        broken_off=task.broken_off,
        compare=difference,
        schemas=task.project.manifest.database.schemas,
    )


def _take_backup(task: Task, listener: Listener) -> BackupRecord:
    settings = task.plan.backup.settings
    record = backup.take(task.url, task.project.root, settings, _now, listener)
    for path in backup.prune(task.project.root, settings):
        task.screen.detail(f"  forgot the old backup {path}")
    return record


def _mirror(task: Task) -> None:
    """The mirror is a convenience: what hinders it is said, and decides nothing."""
    try:
        mirror(task.project.root, past_runs(task.project, task.url), inert_json)
    except (OSError, Problem) as error:
        task.screen.say(f".migration_history was not written: {error}")


def _actor() -> str:
    return f"{getpass.getuser()}@{socket.gethostname()}"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
