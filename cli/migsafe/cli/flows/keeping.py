"""backup: taken now, listed, read back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.target import target_url
from migsafe.cli.lines import Line, Span, Tone, aligned, line
from migsafe.cli.progress import Progress, size_words
from migsafe.schemas.backup import BackupStanding
from migsafe.schemas.problem import ExitCode
from migsafe.schemas.report import REPORT_FORMAT, BackupReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen


def take(options: Options, screen: Screen) -> ExitCode:
    """Take a backup now, verify it, then forget the oldest beyond the number that is kept."""
    from migsafe.executor import backup  # noqa: PLC0415 - start-up

    project = open_project(options)
    settings = project.manifest.backup
    if options.dry_run:
        _report(screen, ())
        screen.show([line(f"would take a backup into {settings.folder}/ ({settings.format})")])
        return ExitCode.DONE
    with target_url(project, screen) as url:
        record = backup.take(url, project.root, settings, _now, Progress(screen))
        backup.prune(project.root, settings)
    path = f"{settings.folder}/{record.file}"
    standing = BackupStanding(path=path, record=record, verified=True, problem="")
    _report(screen, (standing,))
    screen.show(_lines((standing,)))
    return ExitCode.DONE


def listed(options: Options, screen: Screen) -> ExitCode:
    """The backups of the folder, newest first, without reading them in full."""
    from migsafe.executor import backup  # noqa: PLC0415 - start-up

    project = open_project(options)
    found = backup.standings(project.root, project.manifest.backup)
    _report(screen, found)
    screen.show(_lines(found))
    return ExitCode.DONE


def verify(options: Options, screen: Screen, file: Path | None) -> ExitCode:
    """Read one backup in full, or all that are there. Those that do not count end with exit code 6."""
    project = open_project(options)
    found = tuple(_verified(project, None if file is None else str(file)))
    _report(screen, found)
    screen.show(_lines(found))
    return ExitCode.DONE if found and all(one.verified for one in found) else ExitCode.BACKUP_FAILED


def _verified(project: Project, name: str | None) -> Iterator[BackupStanding]:
    from migsafe.executor import backup  # noqa: PLC0415 - start-up

    settings = project.manifest.backup
    names = [name] if name else [one.path for one in backup.standings(project.root, settings)]
    for one in names:
        yield backup.verify(project.root, settings, one)


def _report(screen: Screen, backups: tuple[BackupStanding, ...]) -> None:
    if screen.json:
        screen.document(BackupReport(kind="backup", format=REPORT_FORMAT, backups=backups))


def _lines(backups: tuple[BackupStanding, ...]) -> Iterator[Line]:
    if not backups:
        yield line("There is no backup yet. Take one: migsafe backup")
    yield from aligned(_row(one) for one in backups)


def _row(one: BackupStanding) -> tuple[str | Span, ...]:
    state = Span("verified", Tone.GOOD) if one.verified else Span("does not count", Tone.BAD)
    if one.record is None:
        return state, one.path, one.problem
    record = one.record
    rows = sum(max(table.rows, 0) for table in record.census.tables)
    content = f"{len(record.census.tables)} tables, {rows:,} rows"
    return state, one.path, size_words(record.bytes), record.database, content, one.problem


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
