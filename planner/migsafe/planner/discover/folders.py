"""What layouts share in which each migration is a folder `LABEL_name` with files of fixed names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.discover.folder import Entry, Kind, children
from migsafe.planner.discover.layout import Findings, Found, Project, Stub, misnamed

if TYPE_CHECKING:
    import re
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Names:
    """What things are called."""

    folder: re.Pattern[str]
    """With the label as its first group and the name as its second."""
    example: str
    """A label, as in a folder's name."""
    up: str
    down: str
    beside: tuple[str, ...] = ()
    """Other files that are read."""

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """The files of a new migration: path relative to the manifest, and content."""
        folder = f"{project.migrations}/{stub.stem}"
        return {f"{folder}/{self.up}": stub.up, f"{folder}/{self.down}": stub.down}


def folders(project: Project, names: Names, no_folder: Callable[[Entry], None]) -> Findings:
    """Every folder with a file that applies it; folders without any SQL are passed over.

    `no_folder` is asked about everything else, and refuses what looks like a migration.
    """
    found: list[Found] = []
    orphans: list[str] = []
    for entry in project.entries().values():
        if entry.kind is not Kind.FOLDER:
            no_folder(entry)
            continue
        files = children(project.root, entry)
        if names.up in files:
            found.append(_found(entry, files, names))
        elif names.down in files:
            orphans.append(files[names.down].shown)
        elif any(name.lower().endswith(".sql") for name in files):
            raise misnamed(entry, f"the folder has SQL and no {names.up}", f"rename the file in it to {names.up}")
    return Findings(tuple(found), tuple(orphans))


def _found(entry: Entry, files: dict[str, Entry], names: Names) -> Found:
    match = names.folder.match(entry.name)
    if match is None:
        remedy = f"rename the folder, as in {names.example}_{entry.name}"
        raise misnamed(entry, "the folder of a migration is called LABEL_name, with digits as its label", remedy)
    for name in (names.up, names.down, *names.beside):
        if name in files:
            files[name].require_file()
    settings = tuple(files[name] for name in names.beside if name in files)
    file = f"{entry.name}/{names.up}"
    return Found(match[1], match[2] or "", file, files[names.up], files.get(names.down), settings=settings)
