"""A new migration's files, and the layout of an existing folder."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from migsafe.planner.discover import project_of, reader_for
from migsafe.schemas.manifest import Layout
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from migsafe.schemas.manifest import Manifest

_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*\Z")
_LONGEST_NAME = 100

_UP = """\
-- {name}
--
-- Review what this does to a running application before it is applied: migsafe plan
"""
_DOWN = """\
-- Undoes {name}.
--
-- It must bring back exactly what was there before, owners, grants, policies and comments included.
"""


def new_migration_files(root: Path, manifest: Manifest, name: str, moment: dt.datetime) -> dict[str, str]:
    """Path (relative to the manifest) and content of a new migration and its rollback, as the layout names them.

    The label sorts after every known one; it is the stamp of `moment` (taken as UTC where it has no zone) unless
    labels are plain numbers or ahead of the clock. Refuses names that would need quoting, and offers a good one.
    """
    _check_name(name)
    reader = reader_for(manifest.migrations.layout)
    project = project_of(root, manifest)
    numbers = reader.numbers({found.label for found in reader.find(project).migrations})
    up, down = reader.stubs(project, reader.next_label(numbers, moment), name)
    return {up: _UP.format(name=name), down: _DOWN.format(name=name)}


def _check_name(name: str) -> None:
    if _NAME.match(name) and len(name) <= _LONGEST_NAME:
        return
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    better = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST_NAME].strip("_") or "describe_the_change"
    raise Refusal(
        f"{name[:_LONGEST_NAME]!a} is no good name for a migration",
        why=f"a name has small letters, digits, _ and -, at most {_LONGEST_NAME} of them",
        remedy=f"migsafe new {better}",
    )


def detect_layout(folder: Path) -> Layout:
    """The layout that the files of a folder have; `supabase` where nothing speaks for another one."""
    if any(folder.glob("*.up.sql")):
        return Layout.GOLANG_MIGRATE
    if any(folder.glob("*/up.sql")):
        return Layout.DIESEL
    return Layout.SUPABASE
