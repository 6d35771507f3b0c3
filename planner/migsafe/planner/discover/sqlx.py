"""The layout of sqlx: `LABEL_name.sql`, or `LABEL_name.up.sql` with `LABEL_name.down.sql` beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.discover.labels import next_number, next_stamp, plain_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, sql_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from migsafe.planner.discover.folder import Entry
    from migsafe.schemas.migration import SqlFile
    from migsafe.schemas.problem import Refusal

_NAME = re.compile(r"([0-9]+)_(.+?)(\.up|\.down|)\.sql\Z")
_UP, _DOWN, _SIMPLE = ".up", ".down", ""
ALONE = b"-- no-transaction"
"""The first bytes of a file that sqlx runs outside a transaction."""


class Sqlx:
    """`20240131120000_add_orders.up.sql` and `.down.sql`, or a simple `20240131120000_add_orders.sql`."""

    def find(self, project: Project) -> Findings:
        """Every `.sql` file of the folder, those that end in `.down.sql` as the rollbacks of the others."""
        entries = project.entries()
        named, others = sql_files(entries.values(), _NAME)
        found = tuple(_found(match, entries) for match in named.values() if match[3] != _DOWN)
        used = {migration.down.name for migration in found if migration.down}
        orphans = (name for name, match in named.items() if match[3] == _DOWN and name not in used)
        return Findings(found, tuple(entries[name].shown for name in orphans), tuple(map(_misnamed, others)))

    def read(self, found: Found) -> Texts:
        """The two files; each says in its first bytes whether it runs in a transaction."""
        return Texts(_read(found.up), None if found.down is None else _read(found.down))

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are numbers and nothing more, as sqlx reads them."""
        return plain_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The stamp of `moment`, or the next number where the latest label is one (`sqlx migrate add -s`)."""
        return next_number(numbers, moment, first=next_stamp((), moment))

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """A pair of files; a simple one where the others are simple: the sqlx command does not mix them."""
        found = self.find(project).migrations
        stem = f"{project.migrations}/{stub.stem}"
        if found and not any(migration.file.endswith(".up.sql") for migration in found):
            return {f"{stem}.sql": stub.up}
        return {f"{stem}.up.sql": stub.up, f"{stem}.down.sql": stub.down}


def _misnamed(entry: Entry) -> Refusal:
    why = "a migration is called LABEL_name.sql, with digits as its label; sqlx passes others over too"
    return misnamed(entry, why, f"rename it, as in 20240131120000_{entry.name}")


def _found(match: re.Match[str], entries: dict[str, Entry]) -> Found:
    down = entries.get(f"{match[1]}_{match[2]}.down.sql") if match[3] == _UP else None
    return Found(match[1], match[2], match.string, entries[match.string], down)


def _read(entry: Entry) -> SqlFile:
    file = entry.read()
    return replace(file, transactional=not file.raw.startswith(ALONE))
