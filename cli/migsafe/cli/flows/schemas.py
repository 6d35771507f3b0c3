"""schema: the JSON Schemas of the documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from migsafe.cli.files import write_whole
from migsafe.cli.lines import line
from migsafe.schemas.backup import BackupRecord
from migsafe.schemas.described import Described
from migsafe.schemas.manifest import Manifest
from migsafe.schemas.plan import Plan
from migsafe.schemas.problem import ExitCode, Usage
from migsafe.schemas.report import REPORT_FORMAT, FilesReport, Report
from migsafe.schemas.saved_facts import SavedFacts

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen

NAMES = ("manifest", "plan", "facts", "report", "backup")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(options: Options, screen: Screen, name: str | None, write: Path | None) -> ExitCode:
    """Print the schema of one document, or write all of them into a folder."""
    if write is not None:
        return _write(options, screen, write)
    screen.raw(schema_text(name or "manifest"))
    return ExitCode.DONE


def schema_text(name: str) -> str:
    """The JSON Schema of a document by its name, as it stands in docs/json. Raises Usage for an unknown name."""
    match name:
        case "manifest":
            found = Manifest.model_json_schema(schema_generator=Described)
        case "plan":
            found = Plan.model_json_schema(schema_generator=Described, mode="serialization")
        case "facts":
            found = SavedFacts.model_json_schema(schema_generator=Described, mode="serialization")
        case "report":
            found = TypeAdapter[Report](Report).json_schema(schema_generator=Described, mode="serialization")
        case "backup":
            found = BackupRecord.model_json_schema(schema_generator=Described, mode="serialization")
        case _:
            known = ", ".join(NAMES)
            raise Usage(f"there is no document {name!r}", why=f"there are: {known}", remedy="migsafe schema manifest")
    return json.dumps({"$schema": _DIALECT, **found}, indent=2, ensure_ascii=False) + "\n"


def _write(options: Options, screen: Screen, folder: Path) -> ExitCode:
    paths = [folder / f"{name}.schema.json" for name in NAMES]
    for name, path in zip(NAMES, paths, strict=True):
        if not options.dry_run:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, schema_text(name))
            path.chmod(0o644)  # meant to be committed and read by editors
        screen.show([line("would write " if options.dry_run else "wrote ", str(path))])
    if screen.json:
        written = () if options.dry_run else tuple(str(path) for path in paths)
        screen.document(FilesReport(kind="files", format=REPORT_FORMAT, files=written))
    return ExitCode.DONE
