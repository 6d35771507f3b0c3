"""A new migration's files, and the layout of an existing folder."""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

from migsafe.planner.discover import project_of, reader_for
from migsafe.planner.discover.folder import LARGEST_SQL
from migsafe.planner.discover.layout import Stub
from migsafe.planner.regular_file import read_regular
from migsafe.schemas.manifest import Layout
from migsafe.schemas.problem import Problem, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.schemas.manifest import Manifest

_NAME = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*\Z")
_LONGEST_NAME = 100
_LOOKED_AT = 20
_BEGINNING = 16 * 1024
_MARK = re.compile(rb"^--[ \t]*(\+goose up|migrate:up|no-transaction)\b", re.IGNORECASE | re.MULTILINE)
_BY_MARK = {b"+goose up": Layout.GOOSE, b"migrate:up": Layout.DBMATE, b"no-transaction": Layout.SQLX}

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
    label = reader.next_label(numbers, moment)
    return reader.stubs(project, Stub(label, name, _UP.format(name=name), _DOWN.format(name=name)))


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
    """The layout that the files of a folder have; `supabase` where nothing speaks for another one.

    What files are called comes first, then what stands in them. Pairs of `.up.sql` and `.down.sql` are both
    golang-migrate's and sqlx's: where a crate or a file of sqlx's own kind is near, they are sqlx's.
    """
    by_name = ((Layout.DIESEL, "*/up.sql"), (Layout.PRISMA, "*/migration.sql"), (Layout.FLYWAY, "**/V[0-9]*__*.sql"))
    for layout, pattern in by_name:
        if any(folder.glob(pattern)):
            return layout
    marks = {mark for path in sorted(folder.glob("*.sql"))[:_LOOKED_AT] for mark in _marks(path)}
    for mark, layout in _BY_MARK.items():
        if mark in marks:
            return layout
    if any((near / "Cargo.toml").is_file() for near in (folder.parent, folder.parent.parent)):
        return Layout.SQLX
    return Layout.GOLANG_MIGRATE if any(folder.glob("*.up.sql")) else Layout.SUPABASE


def _marks(path: Path) -> Iterator[bytes]:
    """What stands at the beginning of a file that only one tool writes."""
    try:
        beginning = read_regular(os.path.realpath(path), path.name, LARGEST_SQL)[:_BEGINNING]
    except Problem:  # what cannot be read tells nothing; it is refused by name when it is needed
        return
    yield from (match[1].lower() for match in _MARK.finditer(beginning))
