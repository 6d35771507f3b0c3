"""The layout of golang-migrate: `LABEL_name.up.sql` with `LABEL_name.down.sql` beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.discover.labels import next_number, plain_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, sql_files, whole_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from migsafe.planner.discover.folder import Entry
    from migsafe.schemas.problem import Refusal

_NAME = re.compile(r"([0-9]+)_(.*)\.(up|down)\.sql\Z")
_LABELLED = re.compile(r"[0-9]+_")
_FIRST_WIDTH = 6  # what `migrate create -seq` writes


class GolangMigrate:
    """`000001_add_orders.up.sql` and `000001_add_orders.down.sql`."""

    def find(self, project: Project) -> Findings:
        """Every `.up.sql` of the folder with the `.down.sql` of the same stem. Refuses a label without either."""
        entries = project.entries()
        named, others = sql_files(entries.values(), _NAME)
        passed = tuple(map(_misnamed, others))
        for entry in others:
            if _LABELLED.match(entry.name):
                raise _misnamed(entry)
        found = tuple(_found(match, entries) for match in named.values() if match[3] == "up")
        used = {migration.down.name for migration in found if migration.down}
        orphans = (name for name, match in named.items() if match[3] == "down" and name not in used)
        return Findings(found, tuple(entries[name].shown for name in orphans), passed)

    def read(self, found: Found) -> Texts:
        """The two files as they are."""
        return whole_files(found)

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are numbers and nothing more, as golang-migrate reads them."""
        return plain_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The next number in the width of the latest, or a stamp where the latest is one."""
        return next_number(numbers, moment, first="1".zfill(_FIRST_WIDTH))

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """`LABEL_name.up.sql` and `LABEL_name.down.sql`."""
        stem = f"{project.migrations}/{stub.stem}"
        return {f"{stem}.up.sql": stub.up, f"{stem}.down.sql": stub.down}


def _misnamed(entry: Entry) -> Refusal:
    why = "a migration is called LABEL_name.up.sql, with digits as its label"
    remedy = f"rename it, as in 000001_{re.split(r'[.]', entry.name)[0]}.up.sql, or correct migrations.layout"
    return misnamed(entry, why, remedy)


def _found(match: re.Match[str], entries: dict[str, Entry]) -> Found:
    down = entries.get(f"{match[1]}_{match[2]}.down.sql")
    return Found(match[1], match[2], match.string, entries[match.string], down)
