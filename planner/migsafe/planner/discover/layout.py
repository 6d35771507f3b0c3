"""What every layout of migration files can do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from migsafe.planner.discover.folder import Entry, listing
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    import datetime as dt
    import re
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from migsafe.schemas.migration import SqlFile


@dataclass(frozen=True, slots=True)
class Project:
    """Where the files are: the folder of the manifest, and two folders relative to it."""

    root: Path
    migrations: str
    rollbacks: str

    def entries(self) -> dict[str, Entry]:
        """What the migrations folder holds. Refuses where there is none."""
        found = listing(self.root, self.migrations)
        if found is None:
            raise Refusal(
                f"there is no folder {self.migrations}",
                why="migsafe.yaml says that the migrations are there",
                remedy=f"mkdir -p {self.migrations}, or correct migrations.folder",
                place=Place(self.migrations),
            )
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """A migration whose files were found and not yet read."""

    label: str
    name: str
    file: str
    """Path relative to the migrations folder."""
    up: Entry
    down: Entry | None
    """The file of the rollback, where it has one of its own."""
    transactional: bool = True
    settings: tuple[Entry, ...] = ()
    """Files beside them that say how they are run."""

    @property
    def stem(self) -> str:
        """What names the migration in its folder: label and name."""
        return f"{self.label}_{self.name}" if self.name else self.label


@dataclass(frozen=True, slots=True)
class Findings:
    """What a layout makes of a folder."""

    migrations: tuple[Found, ...]
    orphans: tuple[str, ...] = ()
    """Rollback scripts that belong to no migration, relative to the manifest."""
    passed_over: tuple[Refusal, ...] = ()
    """Files that the layout's own tool passes over because of their names: what would be said if they were refused."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What applies a migration, and what undoes it where that is declared."""

    up: SqlFile
    down: SqlFile | None


def whole_files(found: Found) -> Texts:
    """The texts of a migration whose files hold nothing else. Raises as `Entry.read`."""
    up = replace(found.up.read(), transactional=found.transactional)
    down = None if found.down is None else replace(found.down.read(), transactional=found.transactional)
    return Texts(up, down)


@dataclass(frozen=True, slots=True)
class Stub:
    """What a new migration says before anybody wrote it."""

    label: str
    name: str
    up: str
    down: str

    @property
    def stem(self) -> str:
        """`LABEL_name`."""
        return f"{self.label}_{self.name}"


class LayoutReader(Protocol):
    """One way of naming migration files."""

    def find(self, project: Project) -> Findings:
        """The migrations in any order. Refuses by name what looks like a migration and is none."""

    def read(self, found: Found) -> Texts:
        """The texts of a migration that was found. Refuses a file that is not built as the layout has it."""

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """What each label sorts by."""

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """A label that is new and sorts last among those known."""

    def stubs(self, project: Project, stub: Stub) -> dict[str, str]:
        """The files of a new migration: path relative to the manifest, and content."""


def sql_files(entries: Iterable[Entry], name: re.Pattern[str]) -> tuple[dict[str, re.Match[str]], tuple[Entry, ...]]:
    """The matches of the SQL files whose name fits, by name, and the SQL files whose name does not.

    Refuses what fits and is no regular file inside the project, and names that cannot be shown.
    """
    files = [entry for entry in entries if entry.name.lower().endswith(".sql")]
    fitting = {entry.name: match for entry in files if (match := name.match(entry.name)) is not None}
    for entry in files:
        if entry.name in fitting:
            entry.require_file()
        entry.require_plain_name()
    return fitting, tuple(entry for entry in files if entry.name not in fitting)


def misnamed(entry: Entry, why: str, remedy: str) -> Refusal:
    """A file in the migrations folder that the layout cannot place."""
    return Refusal(f"{entry.shown} is not named as a migration", why=why, remedy=remedy, place=Place(entry.shown))
