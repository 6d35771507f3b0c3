"""The layout of diesel: a folder `LABEL_name` with up.sql, down.sql and perhaps metadata.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.closest import closest
from migsafe.planner.discover.folder import Entry, Kind
from migsafe.planner.discover.folders import Names, folders
from migsafe.planner.discover.labels import next_stamp, stamp_numbers
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed, whole_files
from migsafe.planner.regular_file import read_regular
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

_UP = "up.sql"
_NAMES = Names(
    re.compile(r"([0-9][0-9-]*)(?:_(.*))?\Z"),
    example="2024-01-31-120000",
    up=_UP,
    down="down.sql",
    beside=("metadata.toml",),
)
_SETTING = "run_in_transaction"
_LARGEST_METADATA = 64 * 1024


class Diesel:
    """`2024-01-31-120000_add_orders/up.sql` and `down.sql`; dashes in labels mean nothing, as in diesel."""

    def find(self, project: Project) -> Findings:
        """Every folder with an up.sql; folders that hold no SQL at all are passed over."""
        return folders(project, _NAMES, _refuse_labelled_file)

    def read(self, found: Found) -> Texts:
        """The two files as they are, run as metadata.toml says."""
        transactional = all(_runs_in_transaction(entry) for entry in found.settings)
        return whole_files(replace(found, transactional=transactional))

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are stamps, with or without dashes."""
        return stamp_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The stamp of `moment`, with dashes unless the latest label has none."""
        stamp = next_stamp(numbers, moment)
        latest = max(numbers, key=lambda label: numbers[label], default="-")
        return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}-{stamp[8:]}" if "-" in latest else stamp

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """`LABEL_name/up.sql` and `LABEL_name/down.sql`."""
        return _NAMES.stubs(project, stub)


def _refuse_labelled_file(entry: Entry) -> None:
    """Other files are notes and data scripts, which diesel passes over too; one with a label was meant to run."""
    if not _NAMES.folder.match(entry.name):
        return
    if entry.kind is Kind.OUTSIDE:
        entry.require_file()
    if entry.name.lower().endswith(".sql"):
        why = "in layout diesel a migration is a folder with an up.sql"
        raise misnamed(entry, why, f"put it into a folder LABEL_name as {_UP}, or correct migrations.layout")


def _runs_in_transaction(entry: Entry) -> bool:
    """What metadata.toml says; its other keys belong to the project's own tools.

    A file that does not say it is refused: diesel takes that for false (the default of a Rust bool, in
    migrations_internals), and whoever wrote the file hardly knew.
    """
    raw = read_regular(entry.path, entry.shown, _LARGEST_METADATA)
    remedy = f"write `{_SETTING} = true` or `false`, or remove the file"
    try:
        said = tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise Refusal("the file is not TOML", why=why, remedy=remedy, place=Place(entry.shown)) from error
    setting = said.get(_SETTING)
    if not isinstance(setting, bool):
        near = closest(_SETTING, said)
        why = f"it is {setting!a}" if _SETTING in said else "the file does not say it"
        remedy += f" (it has `{near}`)" if near and near != _SETTING else ""
        raise Refusal(f"`{_SETTING}` must be true or false", why=why, remedy=remedy, place=Place(entry.shown))
    return setting
