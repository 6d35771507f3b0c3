"""The layout of Flyway: `V1.2__name.sql`, with `U1.2__name.sql` as its rollback, also in folders below."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.discover.folder import Entry, Kind, children
from migsafe.planner.discover.labels import dotted_numbers, next_dotted
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, Texts, misnamed
from migsafe.planner.discover.sections import lines, misbuilt
from migsafe.planner.regular_file import read_regular

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping

    from migsafe.schemas.migration import SqlFile
    from migsafe.schemas.problem import Refusal

_NAME = re.compile(r"([VU])([0-9]+(?:[._][0-9]+)*)__(.*)\.sql\Z")
_LABELLED = re.compile(r"V[0-9][^/]*__.*\.(?:java|kt|groovy|class)\Z")
_CALLBACK = re.compile(r"(?:before|after|create)[A-Z]\w*\.sql\Z")
_PLACEHOLDER = re.compile(rb"\$\{[^}]*\}")
_SETTING = re.compile(rb"^\s*(executeInTransaction|placeholderReplacement)\s*=\s*(\w+)\s*$", re.MULTILINE)
_CONFIGURATION = ".conf"
_LARGEST_CONFIGURATION = 64 * 1024
_DEEPEST = 16

# What is named by Flyway's rules and cannot be done here: why, and what to do.
_REPEATABLE = (
    "a repeatable migration runs anew whenever it is edited; here a migration runs once and is never edited afterwards",
    "give each new text a version: V2__{name}.sql; or keep such files in a folder of their own that Flyway runs",
)
_BASELINE = (
    "on a new database it stands for all versions up to its own; which of them the target has is not known",
    "keep the versions themselves, or rename the baseline V…__ where nothing comes before it",
)
_RUN_AROUND = (
    "Flyway runs it before or after its own work, not as a part of the history",
    "move it out of the folder, or write what it does into a migration",
)


class Flyway:
    """`V1.2__add_orders.sql` and `U1.2__add_orders.sql`; `.sql.conf` beside a file is heeded."""

    def find(self, project: Project) -> Findings:
        """Every `V…__name.sql` in the folder and below. Refuses by name what only Flyway can run."""
        files = {entry.shown: entry for entry in _below(project, tuple(project.entries().values()), _DEEPEST)}
        named = {shown: match for shown, entry in files.items() if (match := _match(entry)) is not None}
        others = (entry for shown, entry in files.items() if shown not in named and entry.name.endswith(".sql"))
        downs = {_version(match): files[shown] for shown, match in named.items() if match[1] == "U"}
        found = []
        for shown, match in named.items():
            if match[1] == "V":
                up, down = files[shown], downs.pop(_version(match), None)
                beside = (files.get(f"{entry.shown}{_CONFIGURATION}") for entry in (up, down) if entry is not None)
                file = shown.removeprefix(f"{project.migrations}/")
                settings = tuple(entry for entry in beside if entry is not None)
                found.append(Found(_version(match), match[3], file, up, down, settings=settings))
        orphans = tuple(entry.shown for entry in downs.values())
        return Findings(tuple(found), orphans, tuple(map(_unversioned, others)))

    def read(self, found: Found) -> Texts:
        """The two files, run as their `.sql.conf` says. Refuses placeholders, which Flyway would replace."""
        return Texts(_read(found.up, found.settings), None if found.down is None else _read(found.down, found.settings))

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """Labels are compared part by part, as numbers."""
        return dotted_numbers(labels)

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """The latest version with its last part one higher; the stamp of `moment` where that is one."""
        return next_dotted(numbers, moment)

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """`V1.2__name.sql` and `U1.2__name.sql`."""
        stem = f"{stub.label}__{stub.name}.sql"
        return {f"{project.migrations}/V{stem}": stub.up, f"{project.migrations}/U{stem}": stub.down}


def _below(project: Project, entries: tuple[Entry, ...], levels: int) -> Iterator[Entry]:
    for entry in entries:
        if entry.kind is not Kind.FOLDER:
            yield entry
        elif levels:
            yield from _below(project, tuple(children(project.root, entry).values()), levels - 1)


def _version(match: re.Match[str]) -> str:
    """The version with dots: Flyway reads `V1_2` as 1.2."""
    return match[2].replace("_", ".")


def _small_file(entry: Entry) -> bytes:
    entry.require_file()
    return read_regular(entry.path, entry.shown, _LARGEST_CONFIGURATION)


def _match(entry: Entry) -> re.Match[str] | None:
    if _LABELLED.match(entry.name):
        raise misnamed(entry, "it is a program, which only Flyway can run", "write it as SQL under the same version")
    if match := _NAME.match(entry.name):
        entry.require_file()
        return match
    if entry.name.endswith(".sql"):
        _refuse_what_flyway_runs(entry)
    return None


def _refuse_what_flyway_runs(entry: Entry) -> None:
    if entry.name.startswith("R__"):
        why, remedy = _REPEATABLE
        raise misnamed(entry, why, remedy.format(name=entry.name.removeprefix("R__").removesuffix(".sql")))
    if re.match(r"B[0-9]", entry.name):
        raise misnamed(entry, *_BASELINE)
    if _CALLBACK.match(entry.name):
        raise misnamed(entry, *_RUN_AROUND)
    if re.match(r"[VU][0-9]", entry.name):
        raise _unversioned(entry)


def _unversioned(entry: Entry) -> Refusal:
    why = "a migration is called V1.2__name.sql, with two underscores; Flyway passes others over too"
    return misnamed(entry, why, f"rename it, as in V1__{entry.name}")


def _read(entry: Entry, beside: tuple[Entry, ...]) -> SqlFile:
    file = entry.read()
    own = (_small_file(each) for each in beside if each.shown == f"{entry.shown}{_CONFIGURATION}")
    settings = {name: value.lower() for content in own for name, value in _SETTING.findall(content)}
    if settings.get(b"placeholderReplacement") != b"false":
        _refuse_placeholders(entry, file.raw)
    return replace(file, transactional=settings.get(b"executeInTransaction") != b"false")


def _refuse_placeholders(entry: Entry, content: bytes) -> None:
    for number, (_, _, line) in enumerate(lines(content), 1):
        if not line.lstrip().startswith(b"--") and (match := _PLACEHOLDER.search(line)):
            raise misbuilt(
                entry.shown,
                number,
                f"{match[0].decode(errors='replace')} is a placeholder",
                "Flyway writes another text there, so that nobody can review what is run",
                "write the value itself; where the text is meant as it stands, "
                f"write placeholderReplacement=false into {entry.name}{_CONFIGURATION}",
            )
