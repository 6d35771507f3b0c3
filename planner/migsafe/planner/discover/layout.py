"""What every layout of migration files can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from migsafe.planner.discover.folder import Entry, listing
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path


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
    transactional: bool = True

    @property
    def stem(self) -> str:
        """What names the migration in its folder: label and name."""
        return f"{self.label}_{self.name}" if self.name else self.label


@dataclass(frozen=True, slots=True)
class Findings:
    """What a layout makes of a folder."""

    migrations: tuple[Found, ...]
    orphans: tuple[str, ...]
    """Rollback scripts that belong to no migration, relative to the manifest."""


class LayoutReader(Protocol):
    """One way of naming migration files."""

    def find(self, project: Project) -> Findings:
        """The migrations in any order. Refuses by name what looks like a migration and is none."""

    def numbers(self, labels: Iterable[str]) -> dict[str, int]:
        """What each label sorts by."""

    def next_label(self, numbers: Mapping[str, int], moment: dt.datetime) -> str:
        """A label that is new and sorts last among those known."""

    def stubs(self, project: Project, label: str, name: str) -> tuple[str, str]:
        """Paths of a new migration and its rollback, relative to the manifest."""


def misnamed(entry: Entry, why: str, remedy: str) -> Refusal:
    """A file in the migrations folder that the layout cannot place."""
    return Refusal(f"{entry.shown} is not named as a migration", why=why, remedy=remedy, place=Place(entry.shown))
