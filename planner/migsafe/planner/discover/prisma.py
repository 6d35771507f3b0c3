"""The layout of Prisma Migrate: a folder `LABEL_name` with migration.sql, and perhaps down.sql beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.discover.folder import Entry, Kind
from migsafe.planner.discover.folders import Names, folders
from migsafe.planner.discover.labels import next_stamp, stamp_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, whole_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

_UP = "migration.sql"
_NAMES = Names(re.compile(r"([0-9]+)(?:_(.*))?\Z"), example="20240131120000", up=_UP, down="down.sql")


class Prisma:
    """`20240131120000_add_orders/migration.sql`, with the down.sql that Prisma's manual advises to write beside it."""

    def find(self, project: Project) -> Findings:
        """Every folder with a migration.sql; those without any SQL are passed over."""
        return folders(project, _NAMES, _refuse_migration)

    def read(self, found: Found) -> Texts:
        """The two files as they are."""
        return whole_files(found)

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are stamps; Prisma sorts as text, which is the same for stamps of one width and for `0_init`."""
        return stamp_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The stamp of `moment`."""
        return next_stamp(numbers, moment)

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """`LABEL_name/migration.sql` and `LABEL_name/down.sql`."""
        return _NAMES.stubs(project, stub)


def _refuse_migration(entry: Entry) -> None:
    """Other files are notes and migration_lock.toml; SQL with a label was meant to run."""
    if entry.kind is Kind.OUTSIDE and _NAMES.folder.match(entry.name):
        entry.require_file()
    if re.match(r"[0-9].*\.sql\Z", entry.name, re.IGNORECASE):
        why = f"in layout prisma a migration is a folder with a {_UP}"
        raise misnamed(entry, why, f"put it into a folder LABEL_name as {_UP}, or correct migrations.layout")
