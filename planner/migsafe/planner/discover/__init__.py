"""From a folder of migration files to migrations in their order."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, assert_never

from migsafe.planner.discover.dbmate import Dbmate
from migsafe.planner.discover.diesel import Diesel
from migsafe.planner.discover.flyway import Flyway
from migsafe.planner.discover.golang_migrate import GolangMigrate
from migsafe.planner.discover.goose import Goose
from migsafe.planner.discover.layout import LayoutReader, Project
from migsafe.planner.discover.notes import notes
from migsafe.planner.discover.prisma import Prisma
from migsafe.planner.discover.sqlx import Sqlx
from migsafe.planner.discover.supabase import Supabase
from migsafe.schemas.manifest import Layout
from migsafe.schemas.migration import Migration, Stray, StrayKind
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from migsafe.planner.discover.layout import Found, Texts
    from migsafe.schemas.manifest import Manifest


def reader_for(layout: Layout) -> LayoutReader:  # noqa: PLR0911 - one for each layout
    """The reader of a layout."""
    match layout:
        case Layout.SUPABASE:
            return Supabase()
        case Layout.GOLANG_MIGRATE:
            return GolangMigrate()
        case Layout.DIESEL:
            return Diesel()
        case Layout.GOOSE:
            return Goose()
        case Layout.SQLX:
            return Sqlx()
        case Layout.DBMATE:
            return Dbmate()
        case Layout.FLYWAY:
            return Flyway()
        case Layout.PRISMA:
            return Prisma()
        case _:
            assert_never(layout)


def project_of(root: Path, manifest: Manifest) -> Project:
    """Where the manifest says that the files are."""
    return Project(root, manifest.migrations.folder, manifest.rollback_folder())


def discover(root: Path, manifest: Manifest) -> tuple[Migration, ...]:
    """The migrations below `root` (the folder of the manifest), in the order in which they run, read in full.

    Order: label as a number, then name. Files whose name is none of a migration are passed over (`strays`), unless
    there are only such. Raises Refusal for what cannot be placed, and for anything but regular files inside `root`;
    Problem for what the system does not let us read.
    """
    reader = reader_for(manifest.migrations.layout)
    there = reader.find(project_of(root, manifest))
    found = there.migrations
    if not found and there.passed_over:  # the layout is not theirs, or all of them lack a label
        raise there.passed_over[0]
    numbers = reader.numbers(migration.label for migration in found)
    ordered = sorted(found, key=lambda migration: (numbers[migration.label], migration.name, migration.file))
    _refuse_twins(ordered, numbers)
    odd = notes(ordered, numbers)
    return tuple(_migration(each, reader.read(each), odd.get(each.file, ())) for each in ordered)


def strays(root: Path, manifest: Manifest) -> tuple[Stray, ...]:
    """The SQL files in the folders that are never run: the layout's own tool would pass them over too."""
    there = reader_for(manifest.migrations.layout).find(project_of(root, manifest))
    passed = (Stray(StrayKind.PASSED_OVER, each.place.path, _words(each)) for each in there.passed_over if each.place)
    return (*passed, *(Stray(StrayKind.ROLLBACK_OF_NOTHING, path) for path in there.orphans))


def _words(refusal: Refusal) -> str:
    return f"{refusal.why}; to have it run: {refusal.remedy}"


def _migration(found: Found, texts: Texts, odd: tuple[str, ...]) -> Migration:
    return Migration(
        label=found.label,
        name=found.name,
        file=found.file,
        up=texts.up,
        down=texts.down,
        notes=odd,
    )


def _refuse_twins(ordered: Sequence[Found], numbers: Mapping[str, int]) -> None:
    for one, other in itertools.pairwise(ordered):
        if (numbers[one.label], one.name) == (numbers[other.label], other.name):
            raise Refusal(
                f"{one.file} and {other.file} are the same migration twice",
                why="their labels are the same number and their names are equal, so nothing says which comes first",
                remedy=f"rename or remove one of them: git mv '{other.up.shown}' ...",
                place=Place(other.up.shown),
            )
