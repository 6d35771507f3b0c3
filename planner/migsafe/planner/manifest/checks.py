"""What must hold of a manifest beyond the types of its fields."""

from __future__ import annotations

import re
import zoneinfo
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from pydantic import ValidationError

from migsafe.planner.manifest.errors import Complaint, complaints, key_mark, mark_of
from migsafe.planner.manifest.yaml_text import Node, Path, texts
from migsafe.schemas.manifest import Layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.manifest import Manifest

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]", re.ASCII)


def written_badly(root: Node) -> list[Complaint]:
    """Texts that a lenient reader would take for something else: paths, dates, durations, time zones."""
    found = ((text, _bad_text(path, text.value)) for path, text in texts(root) if text.value is not None)
    return [Complaint(text.mark, *bad) for text, bad in found if bad]


def _bad_text(path: Path, text: str) -> tuple[str, str, str] | None:
    """What, why and remedy, or None where the text is fine."""
    match path:
        case (*_, "migrations" | "rollbacks" | "backup", "folder") | (*_, "impact", "queries", int()):
            return _bad_path(text)
        # pydantic reads digits as seconds since 1970: `expires: 20270101` would have expired long ago.
        case (*_, "policies", "exemptions", int(), "expires") if not _DATE.match(text):
            return "`expires` is no date", "a date has year, month and day", "write it as 2027-01-31"
        case (*_, "policies", "freeze", int(), "start" | "end" as end) if not _MOMENT.match(text):
            return (
                f"`{end}` is no moment",
                "a moment has date, time and offset",
                "write it as 2026-12-20T00:00:00+01:00",
            )
        case (
            (*_, "policies", "timeouts" | "locking", str(name))
            | (*_, "policies", "plan_expires_after" | "quarantine_for" as name)
            | (*_, "facts", "interval" | "statement_timeout" as name)
            | (*_, "rehearsal", "timeout" as name)
        ):
            if text.isdecimal() and text.strip("0"):
                why = "a duration needs its unit: ms, s, min, h or d"
                return f"`{name}` has no unit", why, "write it as 500ms, 30s, 5min, 2h or 7d"
        case (*_, "policies", "maintenance_window", "timezone") if not _is_zone(text):
            return (
                "`timezone` is unknown",
                "the time zone database has no such name",
                "write it as Europe/Berlin or UTC",
            )
    return None


def _bad_path(text: str) -> tuple[str, str, str] | None:
    remedy = "write a path below the folder of the manifest, as supabase/migrations"
    windows = PureWindowsPath(text)
    if text.startswith(("/", "~")) or windows.drive or windows.root:
        return "the path is not relative", "a manifest reaches only what is below its own folder", remedy
    if ".." in windows.parts:
        return "the path contains ..", "a manifest reaches only what is below its own folder", remedy
    if "\\" in text:
        return "the path contains a backslash", "paths have forward slashes on every system", remedy
    if not text.isprintable():
        return "the path contains characters that cannot be seen", "nobody could review it", remedy
    return None


def _is_zone(name: str) -> bool:
    if name == "UTC":  # valid also where no time zone database is installed
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError):
        return False
    return True


def contradictions(manifest: Manifest, root: Node) -> list[Complaint]:
    """Fields that are fine alone and not together."""
    return [*_rollbacks(manifest, root), *_environments(manifest, root)]


def _rollbacks(manifest: Manifest, root: Node) -> Iterator[Complaint]:
    folder = manifest.rollbacks.folder
    if folder is None:
        return
    mark = mark_of(root, ("rollbacks", "folder"))
    if manifest.migrations.layout is not Layout.SUPABASE:
        why = f"layout {manifest.migrations.layout} keeps each rollback beside its migration"
        yield Complaint(mark, "`rollbacks.folder` has no meaning here", why, "remove the line")
    if PurePosixPath(folder) == PurePosixPath(manifest.migrations.folder):
        why = "rollbacks beside migrations would be taken for migrations"
        remedy = f"write {manifest.migrations.folder}/rollback"
        yield Complaint(mark, "`rollbacks.folder` is the folder of the migrations", why, remedy)


def _environments(manifest: Manifest, root: Node) -> Iterator[Complaint]:
    """Each environment must be valid once merged, and no two may be the same database."""
    seen: dict[str, str] = {}
    for name in manifest.environments:
        path = ("environments", name)
        try:
            url_env = manifest.at(name).database.url_env
        except ValidationError as error:
            for merged in complaints(error, root, path):
                yield Complaint(key_mark(root, path), f"environment `{name}` does not fit", merged.why, merged.remedy)
            continue
        if url_env is None:
            continue
        if url_env in seen:
            yield Complaint(
                mark_of(root, (*path, "database", "url_env")),
                f"environments `{seen[url_env]}` and `{name}` have the same database",
                f"both take their URL from {url_env}",
                f"give `{name}` a `database.url_env` of its own",
            )
        seen.setdefault(url_env, name)
