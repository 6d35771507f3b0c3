"""up: plan and apply what is pending, with one confirmation."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from migsafe.cli.flows.applying import Task, agreed, broken_off, carry_out, report, try_out
from migsafe.cli.flows.asking import ask_target
from migsafe.cli.flows.drifting import with_drift_told
from migsafe.cli.flows.forcing import forced
from migsafe.cli.flows.planning import draft_up
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.rehearsing import Rehearsing, Stage, rehearsed
from migsafe.cli.flows.saved import keep, let_go, load_saved
from migsafe.cli.flows.target import survey_target, target_url
from migsafe.cli.next_command import naming_plan
from migsafe.cli.review import nothing_to_do, review_lines
from migsafe.schemas.plan import Direction
from migsafe.schemas.problem import ExitCode, Problem, Refusal

if TYPE_CHECKING:
    from migsafe.cli.options import Consent, Options
    from migsafe.cli.screen import Screen
    from migsafe.executor.options import Outcome, Waiver
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.target import TargetFacts

# Outcomes after which the ledger has no run of the plan that could go on.
_NOT_BEGUN = frozenset({ExitCode.ERROR, ExitCode.REFUSED, ExitCode.STALE, ExitCode.LOCKED})


@dataclass(frozen=True, slots=True)
class Ascent:
    """How far up, and how it is prepared."""

    to: str | None
    """The last migration to apply; None: all that is pending."""
    rehearsal: Rehearsing
    """Whether the plan is tried on a scratch database first."""


def up(options: Options, consent: Consent, screen: Screen, ascent: Ascent) -> ExitCode:
    """Apply what is pending, or go on with the run of `up` that broke off in the middle of a migration."""
    project = open_project(options)
    with target_url(project, screen) as url:
        facts = survey_target(project, url, project.manifest.facts)
        begun = None if consent.supersede else _to_go_on_with(project, facts)
        plan = begun or _drafted(Stage(project, facts, url, screen), ascent)
        return review_and_apply(Task(plan, project, url, screen, None, broken_off(consent)), options, consent)


def _drafted(stage: Stage, ascent: Ascent) -> Plan:
    ask = partial(ask_target, stage.project, stage.url or "")
    drafted = draft_up(stage.project, stage.facts, ascent.to, ask)
    if stage.url is not None:
        drafted = with_drift_told(stage.project, stage.url, stage.facts, drafted)
    return rehearsed(drafted, stage, ascent.rehearsal)


def review_and_apply(task: Task, options: Options, consent: Consent) -> ExitCode:
    """Show the review, ask once, apply. Raises Refusal for a plan that is not allowed."""
    if consent.force:
        task = replace(task, plan=forced(task.plan, task.project.manifest))
    if not task.plan.migrations and task.plan.verdict.allowed:
        task.screen.show([nothing_to_do(task.plan)])
        return report(task, try_out(task), options) if task.screen.json else ExitCode.DONE
    task.screen.show(review_lines(task.plan, width=task.screen.width))
    if not task.plan.verdict.allowed:
        raise Refusal(
            "the plan is not allowed",
            why="; ".join(task.plan.verdict.reasons),
            remedy="mend what is named; --force goes past policies, never past history",
        )
    if options.dry_run:
        return report(task, try_out(task), options)
    return report(task, _carried_out(task, agreed(task, consent)), options)


def _carried_out(task: Task, waiver: Waiver | None) -> Outcome:
    """Carry the plan out, kept in a file for as long as its run could have to go on."""
    kept = keep(task.plan, task.project)
    try:
        with naming_plan(os.path.relpath(kept)):
            outcome = carry_out(task, waiver)
    except Problem as problem:
        if problem.exit_code in _NOT_BEGUN:
            let_go(task.plan, task.project)
        raise
    let_go(task.plan, task.project)
    return outcome


def _to_go_on_with(project: Project, facts: TargetFacts) -> Plan | None:
    """The kept plan of a run of `up` that left a migration half done, if there is one."""
    run = facts.ledger.unfinished
    if run is None or run.kind != Direction.UP or not run.half_done:
        return None
    return load_saved(project, run.plan)
