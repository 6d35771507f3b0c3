"""The layout of Prisma Migrate: a folder `LABEL_name` with migration.sql, and perhaps down.sql beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.discover.folder import Entry, Kind, children
from migsafe.planner.discover.labels import next_stamp, stamp_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, whole_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

_NAME = re.compile(r"([0-9]+)(?:_(.*))?\Z")
_UP, _DOWN = "migration.sql", "down.sql"


class Prisma:
    """`20240131120000_add_orders/migration.sql`, with the down.sql that Prisma's manual advises to write beside it."""

    def find(self, project: Project) -> Findings:
        """Every folder with a migration.sql; those without any SQL are passed over."""
        found: list[Found] = []
        orphans: list[str] = []
        for entry in project.entries().values():
            if entry.kind is not Kind.FOLDER:
                _refuse_migration(entry)
                continue
            files = children(project.root, entry)
            if _UP in files:
                found.append(_found(entry, files))
            elif _DOWN in files:
                orphans.append(files[_DOWN].shown)
            elif any(name.lower().endswith(".sql") for name in files):
                raise misnamed(entry, f"the folder has SQL and no {_UP}", f"rename the file in it to {_UP}")
        return Findings(tuple(found), tuple(orphans))

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
        folder = f"{project.migrations}/{stub.stem}"
        return {f"{folder}/{_UP}": stub.up, f"{folder}/{_DOWN}": stub.down}


def _refuse_migration(entry: Entry) -> None:
    """Other files are notes and migration_lock.toml; SQL with a label was meant to run."""
    if entry.kind is Kind.OUTSIDE and _NAME.match(entry.name):
        entry.require_file()
    if re.match(r"[0-9].*\.sql\Z", entry.name, re.IGNORECASE):
        why = f"in layout prisma a migration is a folder with a {_UP}"
        raise misnamed(entry, why, f"put it into a folder LABEL_name as {_UP}, or correct migrations.layout")


def _found(entry: Entry, files: dict[str, Entry]) -> Found:
    match = _NAME.match(entry.name)
    if match is None:
        remedy = f"rename the folder, as in 20240131120000_{entry.name}"
        raise misnamed(entry, "the folder of a migration is called LABEL_name, with digits as its label", remedy)
    for name in (_UP, _DOWN):
        if name in files:
            files[name].require_file()
    return Found(match[1], match[2] or "", f"{entry.name}/{_UP}", files[_UP], files.get(_DOWN))
