"""plan: compare folder and target, judge what is pending, write down what would be done."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from migsafe.cli.files import write_whole
from migsafe.cli.flows.asking import ask_target, saved_answers
from migsafe.cli.flows.drifting import told_of, with_drift_told
from migsafe.cli.flows.facts import load_facts
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.rehearsing import Rehearsing, Stage, rehearsed
from migsafe.cli.flows.showing import present
from migsafe.cli.flows.target import survey_target, target_url
from migsafe.planner.draft import Stamp, draft_on, ground, questions_of
from migsafe.planner.strays import with_strays
from migsafe.schemas.problem import ExitCode, Usage
from migsafe.schemas.seal import plan_text

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.cli.choices import Format
    from migsafe.cli.flows.asking import Ask
    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.target import TargetFacts


@dataclass(frozen=True, slots=True)
class Sheet:
    """Files that a plan is made from and written to."""

    output: Path | None
    """Where the plan is written, if anywhere."""
    facts: Path | None
    """Saved facts that stand for the target; None: it is asked itself."""
    rehearsal: Rehearsing
    """Whether the plan is tried on a scratch database."""
    write_rollbacks: bool = False
    """Whether generated rollbacks are written beside their migrations."""


def plan(options: Options, screen: Screen, sheet: Sheet, output_format: Format) -> ExitCode:
    """Draft a plan, write it where the sheet says, show its review.

    A refused plan is written too, and can be shown but not applied. Gives CHANGES when something is pending.
    """
    project, output = open_project(options), sheet.output
    drafted = _from_facts(project, sheet, screen) if sheet.facts is not None else _from_target(project, sheet, screen)
    written = None
    if output is not None and options.dry_run:
        screen.say(f"dry run: {output} was not written")
    elif output is not None:
        write_whole(output.absolute(), plan_text(drafted))
        written = str(output)
    present(drafted, options, screen, output_format, written)
    if sheet.write_rollbacks:
        from migsafe.cli.flows.writing_rollbacks import of_plan, write_rollbacks  # noqa: PLC0415 - start-up

        write_rollbacks(project, of_plan(drafted), options, screen)
    return code_of(drafted)


def code_of(drafted: Plan) -> ExitCode:
    """REFUSED, CHANGES or DONE, as the plan has it."""
    if not drafted.verdict.allowed:
        return ExitCode.REFUSED
    return ExitCode.CHANGES if drafted.migrations else ExitCode.DONE


def _from_target(project: Project, sheet: Sheet, screen: Screen) -> Plan:
    with target_url(project, screen) as url:
        facts = survey_target(project, url, project.manifest.facts)
        drafted = draft_up(project, facts, None, partial(ask_target, project, url))
        drafted = with_drift_told(project, url, facts, drafted)
        return rehearsed(drafted, Stage(project, facts, url, screen), sheet.rehearsal)


def _from_facts(project: Project, sheet: Sheet, screen: Screen) -> Plan:
    assert sheet.facts is not None  # noqa: S101 - asked by the caller
    saved = load_facts(sheet.facts, project)
    on = ground(project.manifest, project.migrations(), saved.facts)
    drafted = draft_on(on, stamp(project, saved.taken_at), saved_answers(saved, questions_of(on)))
    drafted = told_of(project, drafted, saved.drift)
    drafted = with_strays_told(project, drafted)
    return rehearsed(drafted, Stage(project, saved.facts, None, screen), sheet.rehearsal)


def draft_up(project: Project, facts: TargetFacts, to: str | None, ask: Ask) -> Plan:
    """The plan that applies what is pending, up to and with the migration `to`. Raises Usage where there is none."""
    migrations = project.migrations()
    on = ground(project.manifest, migrations if to is None else _up_to(migrations, to, facts), facts)
    return with_strays_told(project, draft_on(on, stamp(project), ask(questions_of(on))))


def with_strays_told(project: Project, drafted: Plan) -> Plan:
    """The plan with what is said of files of the folder that are never run, where anything is pending."""
    if not drafted.migrations:
        return drafted
    return with_strays(project.manifest, drafted, project.strays(), dt.datetime.now(dt.UTC).date())


def stamp(project: Project, saved_facts: str | None = None) -> Stamp:
    """What makes this plan differ from every other: its id, the time, by what it was made for where, and from what."""
    return Stamp(
        id=uuid.uuid4().hex,
        moment=dt.datetime.now(dt.UTC),
        tool=version("migsafe"),
        environment=project.environment,
        saved_facts=saved_facts,
    )


def _up_to(migrations: tuple[Migration, ...], to: str, facts: TargetFacts) -> tuple[Migration, ...]:
    """The migrations to the one that is meant; later ones stay where the ledger knows them, or they would be missed."""
    ends = [at for at, one in enumerate(migrations) if to in {one.label, one.file, one.name}]
    if len(ends) != 1:
        raise Usage(
            f"--to {to} names {len(ends) or 'no'} migrations",
            why="a label, name or file in the migrations folder must stand for exactly one",
            remedy="see their labels: migsafe status",
        )
    known = {row.file for row in facts.ledger.applied} | {row.label for row in facts.foreign}
    later = (one for one in migrations[ends[0] + 1 :] if one.file in known or one.label in known)
    return (*migrations[: ends[0] + 1], *later)
