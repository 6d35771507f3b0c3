"""The layout of the Supabase CLI: `LABEL_name.sql`, with rollbacks as `NAME_down.sql` in a folder of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.discover.folder import Entry, listing
from migsafe.planner.discover.labels import next_stamp, stamp_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, sql_files, whole_files

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from migsafe.schemas.problem import Refusal

_NAME = re.compile(r"([0-9]+(?=_)|[0-9]{14}(?=-))[_-](.+)\.sql\Z")
_DOWN = "_down.sql"
_OTHER_LAYOUT = (".up.sql", ".down.sql")


class Supabase:
    """`20240131120000_add_orders.sql`, and `rollback/20240131120000_add_orders_down.sql`."""

    def find(self, project: Project) -> Findings:
        """Every `LABEL_name.sql` of the folder, and `STAMP-name.sql`, as Lovable names them.

        The Supabase CLI skips other files, and so do we, but say so.
        """
        entries = project.entries()
        downs = listing(project.root, project.rollbacks) or {}
        named, others = sql_files(entries.values(), _NAME)
        found = tuple(_found(match, entries, downs) for match in named.values())
        used = {migration.down.name for migration in found if migration.down}
        orphans = tuple(entry.shown for name, entry in downs.items() if _is_sql(name) and name not in used)
        return Findings(found, orphans, tuple(map(_misnamed, others)))

    def read(self, found: Found) -> Texts:
        """The two files as they are."""
        return whole_files(found)

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are stamps, of days or of seconds."""
        return stamp_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The stamp of `moment`."""
        return next_stamp(numbers, moment)

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """`LABEL_name.sql` and its rollback in the rollbacks folder."""
        up, down = f"{project.migrations}/{stub.stem}.sql", f"{project.rollbacks}/{stub.stem}{_DOWN}"
        return {up: stub.up, down: stub.down}


def _is_sql(name: str) -> bool:
    return name.lower().endswith(".sql")


def _found(match: re.Match[str], entries: dict[str, Entry], downs: dict[str, Entry]) -> Found:
    entry = entries[match.string]
    stem = entry.name.removesuffix(".sql")
    if entry.name.endswith(_OTHER_LAYOUT):
        raise misnamed(entry, "this is the layout golang-migrate", "set `migrations.layout: golang-migrate`")
    if entry.name.endswith(_DOWN) and f"{entry.name.removesuffix(_DOWN)}.sql" in entries:
        why = "it is the rollback of the migration beside it, and would be run as a migration"
        raise misnamed(entry, why, "move it to the folder of rollbacks: rollback/")
    down = downs.get(f"{stem}{_DOWN}")
    if down is not None:
        down.require_file()
    return Found(match[1], match[2], entry.name, entry, down)


def _misnamed(entry: Entry) -> Refusal:
    folder = entry.shown.removesuffix(entry.name)
    stem = entry.name[: -len(".sql")]
    label = re.match(r"[0-9]*", stem)
    number = label[0] if label else ""
    name = re.sub(r"\W+", "_", stem[len(number) :]).strip("_") or "describe_it"
    why = "a migration is called LABEL_name.sql, with digits as its label; the Supabase CLI passes others over too"
    return misnamed(entry, why, f"mv '{entry.shown}' '{folder}{number or '20240131120000'}_{name}.sql'")
