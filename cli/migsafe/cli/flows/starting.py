"""init and new: the first files of a project and of a migration."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.cli.files import write_new
from migsafe.cli.flows.project import open_project
from migsafe.cli.flows.schemas import schema_text
from migsafe.cli.lines import line
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import ExitCode, Place, Refusal
from migsafe.schemas.report import REPORT_FORMAT, FilesReport

if TYPE_CHECKING:
    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen

_USUAL = (
    "supabase/migrations",
    "migrations",
    "db/migrations",
    "database/migrations",
    "database/migration",
    "prisma/migrations",
    "src/main/resources/db/migration",
)


def init(options: Options, screen: Screen, folder: str | None) -> ExitCode:
    """Write a manifest beside an existing folder of migrations; an existing manifest is never overwritten."""
    from migsafe.planner.discover.new import detect_layout  # noqa: PLC0415 - start-up
    from migsafe.planner.manifest.starter import MANIFEST_SCHEMA, default_manifest_text  # noqa: PLC0415 - start-up

    root = options.manifest.absolute().parent
    chosen = _inside(root, folder) if folder else _found(root)
    platform = Platform.SUPABASE if (root / "supabase").is_dir() else Platform.POSTGRES
    name = root.resolve().name or "project"
    text = default_manifest_text(name, platform, detect_layout(root / chosen), chosen)
    files = {options.manifest.name: text}
    if not (root / MANIFEST_SCHEMA).exists():  # the manifest's first line points editors there
        files[MANIFEST_SCHEMA] = schema_text("manifest")
    return _write(root, files, options, screen, next_step="migsafe validate")


def new(options: Options, screen: Screen, name: str) -> ExitCode:
    """Write the stubs of a migration and its rollback, named as the layout has it."""
    from migsafe.planner.discover.new import new_migration_files  # noqa: PLC0415 - start-up

    project = open_project(options)
    files = new_migration_files(project.root, project.manifest, name, dt.datetime.now(dt.UTC))
    return _write(project.root, files, options, screen, next_step="write the SQL, then: migsafe plan")


def _write(root: Path, files: dict[str, str], options: Options, screen: Screen, next_step: str) -> ExitCode:
    for path, text in files.items():
        if not options.dry_run:
            write_new(root / path, text)
        screen.show([line("would write " if options.dry_run else "wrote ", path)])
    if screen.json:
        written = () if options.dry_run else tuple(files)
        screen.document(FilesReport(kind="files", format=REPORT_FORMAT, files=written))
    screen.say(f"next: {next_step}")
    return ExitCode.DONE


def _found(root: Path) -> str:
    for folder in _USUAL:
        if (root / folder).is_dir():
            return folder
    raise Refusal(
        "no folder of migrations was found",
        why=f"looked for {', '.join(_USUAL)}",
        remedy="name it: migsafe init FOLDER",
        place=Place(str(root)),
    )


def _inside(root: Path, folder: str) -> str:
    path = (root / folder).resolve()
    if not path.is_dir() or not path.is_relative_to(root.resolve()):
        raise Refusal(
            f"{folder} is no folder inside the project",
            why=f"migrations lie in a folder below the manifest, and that is in {root}",
            remedy=f"mkdir -p {Path(folder).name}, or name another one: migsafe init FOLDER",
        )
    return path.relative_to(root.resolve()).as_posix()
