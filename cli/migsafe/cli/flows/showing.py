"""show: a plan file, told to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.choices import Format
from migsafe.cli.files import read_whole
from migsafe.cli.flows.project import open_project
from migsafe.cli.flows.target import survey_target, target_url
from migsafe.cli.lines import line
from migsafe.cli.next_command import as_typed
from migsafe.cli.report.markdown import plan_markdown
from migsafe.cli.review import nothing_to_do, review_lines
from migsafe.cli.wording import differing
from migsafe.schemas.plan import Direction
from migsafe.schemas.problem import ExitCode
from migsafe.schemas.report import REPORT_FORMAT, MigrationReport, PlanReport
from migsafe.schemas.seal import LARGEST_PLAN, read_plan

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.ledger import AppliedMigration
    from migsafe.schemas.plan import Plan


def show(options: Options, screen: Screen, what: Path, output_format: Format) -> ExitCode:
    """Print a plan file as `plan` did, or the text of an applied migration. Raises Stale for what is no plan."""
    migration = None if what.exists() else _applied(options, screen, str(what))
    if migration is None:
        present(load_plan(what), options, screen, output_format, str(what))
    elif screen.json:
        screen.document(MigrationReport(kind="migration", format=REPORT_FORMAT, migration=migration))
    else:
        screen.show([line(text) for text in migration.sql.splitlines()])  # inert, as all texts of others
    return ExitCode.DONE


def _applied(options: Options, screen: Screen, name: str) -> AppliedMigration | None:
    """The applied migration of that label, name or file; None where there is no manifest or no such migration."""
    if not options.manifest.exists():
        return None
    project = open_project(options)
    with target_url(project, screen) as url:
        applied = survey_target(project, url).ledger.applied
    found = [one for one in applied if name in {one.label, one.name, one.file}]
    return found[0] if len(found) == 1 else None


def load_plan(file: Path) -> Plan:
    """The plan in a file. Raises Problem where it cannot be read, Stale where it is not what migsafe wrote."""
    return read_plan(read_whole(file, LARGEST_PLAN, f"make one: migsafe plan -o {file}"))


def present(plan: Plan, options: Options, screen: Screen, output_format: Format, file: str | None) -> None:
    """Print a plan in the format that was asked for."""
    match Format.JSON if screen.json else output_format:
        case Format.JSON:
            screen.document(PlanReport(kind="plan", format=REPORT_FORMAT, file=file, plan=plan))
        case Format.MARKDOWN:
            screen.raw(plan_markdown(plan))
        case Format.TEXT if plan.migrations or not plan.verdict.allowed or differing(plan.history):
            following = as_typed(_next(plan, file), options.manifest, options.env)
            screen.show(review_lines(plan, width=screen.width, next_step=following))
        case Format.TEXT:
            screen.show([nothing_to_do(plan)])


def _next(plan: Plan, file: str | None) -> str:
    if not plan.verdict.allowed:
        return "mend what the verdict names, then plan again"
    if file is not None:
        return f"migsafe apply {file}"
    if plan.direction is Direction.DOWN:
        return "migsafe down"
    return "migsafe plan -o plan.json writes it to a file; migsafe apply plan.json applies that"
