"""validate: all that can be said of the migrations without a server."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TYPE_CHECKING

from migsafe.cli.choices import Format
from migsafe.cli.findings import all_findings
from migsafe.cli.flows.project import open_project
from migsafe.cli.flows.remembered import Folder, remembered
from migsafe.cli.lines import EMPTY, Line, Span, Tone, line, paragraph
from migsafe.cli.report.markdown import validation_markdown
from migsafe.cli.round_trip_words import rollback_words
from migsafe.cli.wording import plural, risk_words, waived_words
from migsafe.schemas.problem import ExitCode
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.cli.flows.project import Project
    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.report import ValidateReport


class Trial(Enum):
    """Whether the migrations are also run."""

    NONE = "none"
    ON_A_SERVER = "on a server"
    WITH_ROLLBACKS_WRITTEN = "on a server, and generated rollbacks are written"


def validate(options: Options, screen: Screen, output_format: Format, trial: Trial = Trial.NONE) -> ExitCode:
    """Judge every migration of the folder. `--dry-run` changes nothing here, because nothing is ever changed."""
    project = open_project(options)
    today = dt.datetime.now(dt.UTC).date()
    folder = Folder(project.migrations(), project.strays())
    migrations = folder.migrations
    report = remembered(project, folder, today, lambda: _judged(project.manifest, folder, today))
    if trial is not Trial.NONE:
        report = _tried(project, migrations, (report, today), screen)
    match Format.JSON if screen.json else output_format:
        case Format.JSON:
            screen.document(report)
        case Format.MARKDOWN:
            screen.raw(validation_markdown(report))
        case Format.TEXT:
            screen.show(_lines(report, screen))
    if trial is Trial.WITH_ROLLBACKS_WRITTEN:
        from migsafe.cli.flows.writing_rollbacks import of_validation, write_rollbacks  # noqa: PLC0415 - start-up

        write_rollbacks(project, of_validation(report), options, screen)
    return ExitCode.DONE if report.passed else ExitCode.REFUSED


def _tried(
    project: Project, migrations: tuple[Migration, ...], judged: tuple[ValidateReport, dt.date], screen: Screen
) -> ValidateReport:
    """The report, which was made on a day, with what did not run on a scratch server, and what did not come back."""
    from migsafe.cli.flows.trying import try_all  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.planner.finish import failure_finding, failure_reason  # noqa: PLC0415 - as above
    from migsafe.planner.reverse.validated import with_rollbacks_tried  # noqa: PLC0415 - with the parser

    report, today = judged
    failures, tried = try_all(project, migrations, screen)
    findings = (*map(failure_finding, failures), *report.findings)
    reasons = (*map(failure_reason, failures), *report.reasons)
    found = report.model_copy(update={"findings": findings, "reasons": reasons, "passed": not reasons})
    return with_rollbacks_tried(project.manifest, found, migrations, tried, today)


def _judged(manifest: Manifest, folder: Folder, today: dt.date) -> ValidateReport:
    from migsafe.planner.draft import validate as judged  # noqa: PLC0415 - the parser is slow to load

    return judged(manifest, folder.migrations, today, folder.strays)


def _lines(report: ValidateReport, screen: Screen) -> Iterator[Line]:
    shown = tuple(one for one in report.findings if screen.verbose or (one.counts))
    yield from all_findings(shown, width=screen.width)
    if shown:
        yield EMPTY
    verdict = Span("passed", Tone.GOOD) if report.passed else Span("refused", Tone.BAD)
    counts = f"{plural(report.migrations, 'migration')}, {plural(report.statements, 'statement')}"
    yield line(verdict, f": {counts}, {_tally(report)}, {risk_words(report.risk)}")
    for words in rollback_words(report.rollbacks):
        yield from paragraph(words, first="  ", rest="  ", width=screen.width)
    for reason in report.reasons:
        yield from paragraph(reason, first="  - ", rest="    ", width=screen.width)


def _tally(report: ValidateReport) -> str:
    standing = [one.severity for one in report.findings if one.counts]
    kinds = (Severity.ERROR, Severity.WARNING, Severity.NOTICE)
    counted = [plural(standing.count(kind), kind.value) for kind in kinds if kind in standing]
    return ", ".join((*counted, *waived_words(report.findings))) or "no findings"
