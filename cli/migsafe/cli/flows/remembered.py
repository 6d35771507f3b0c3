"""Judgements that were made before: kept in the user's cache, found by everything that they depend on."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from migsafe.cli.flows.project import Project
    from migsafe.schemas.migration import Migration, Stray
    from migsafe.schemas.report import ValidateReport

KEPT = 20
"""Judgements beyond this many are forgotten, oldest first."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What is judged: the migrations, and the files beside them that are never run."""

    migrations: tuple[Migration, ...]
    strays: tuple[Stray, ...]


def remembered(project: Project, judged: Folder, today: dt.date, judge: Callable[[], ValidateReport]) -> ValidateReport:
    """What `judge` says of these migrations, or what it said when it was last asked about the very same.

    The same means: manifest, day, every file byte for byte, and the rules themselves. A judgement that cannot be kept
    or read is made anew. It is never looked for inside the project: a stranger's branch could bring one along.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - slow to import

    from migsafe.schemas.report import ValidateReport as Report  # noqa: PLC0415 - slow to import

    folder = cache_folder()
    if folder is None:
        return judge()
    file = folder / f"{_key(project, judged, today)}.json"
    try:
        return Report.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        report = judge()
        _keep(file, report.model_dump_json())
        return report


def cache_folder() -> Path | None:
    """The user's folder for judgements (XDG base directories); None where there is no home, or `MIGSAFE_NO_CACHE`."""
    home = os.environ.get("XDG_CACHE_HOME") or (f"{os.environ['HOME']}/.cache" if os.environ.get("HOME") else "")
    if not home or not Path(home).is_absolute() or os.environ.get("MIGSAFE_NO_CACHE"):
        return None
    return Path(home, "migsafe", "judgements")


def _key(project: Project, judged: Folder, today: dt.date) -> str:
    digest = hashlib.sha256()
    for part in (
        *_rules(),
        str(today),
        project.manifest.model_dump_json(),
        repr(judged.strays),
        *_texts(judged.migrations),
    ):
        digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()


def _texts(migrations: tuple[Migration, ...]) -> Iterator[str]:
    for migration in migrations:
        yield f"{migration.file} {migration.label} {migration.notes}"
        yield from (repr(replace(file, raw=b"")) for file in (migration.up, migration.down) if file is not None)


def _rules() -> Iterator[str]:
    """The release, and for those who work on it the state of the files that judge."""
    yield version("migsafe")
    for part in ("migsafe.planner", "migsafe.schemas"):
        spec = find_spec(part)
        for folder in spec.submodule_search_locations or () if spec is not None else ():
            yield from sorted(_states(Path(folder)))


def _states(folder: Path) -> Iterator[str]:
    for entry in os.scandir(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _states(Path(entry.path))
        elif entry.name.endswith(".py"):
            state = entry.stat()
            yield f"{entry.path} {state.st_size} {state.st_mtime_ns}"


def _keep(file: Path, text: str) -> None:
    """Best effort: a folder that cannot be written to costs time, not the judgement."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
        kept = sorted(file.parent.glob("*.json"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        for old in kept[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return
