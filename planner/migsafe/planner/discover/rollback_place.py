"""Where each layout keeps the rollback of a migration that has none yet, and in what form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, assert_never

from migsafe.planner.source import BOM
from migsafe.schemas.manifest import Layout

if TYPE_CHECKING:
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration

_GOOSE_DOWN = re.compile(rb"^--\s*\+goose\s+down\b", re.IGNORECASE | re.MULTILINE)
_DBMATE_DOWN = re.compile(rb"^--\s*migrate:down\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the migration's own file that is its rollback."""

    opened: re.Pattern[bytes]
    """The line that begins it."""
    opening: str
    before: str = ""
    """What its text stands between."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class RollbackPlace:
    """Where a rollback belongs."""

    path: str
    """Relative to the manifest."""
    section: Section | None = None
    """None: the file is the rollback's own."""


def rollback_place(manifest: Manifest, migration: Migration) -> RollbackPlace | None:  # noqa: PLR0911 - one for each
    """The place of a migration's rollback; None where the layout has none for it."""
    up = PurePosixPath(migration.up.path)
    match manifest.migrations.layout:
        case Layout.SUPABASE:
            return RollbackPlace(f"{manifest.rollback_folder()}/{up.stem}_down.sql")
        case Layout.GOLANG_MIGRATE:
            return RollbackPlace(f"{migration.up.path.removesuffix('.up.sql')}.down.sql")
        case Layout.SQLX:
            stem = migration.up.path.removesuffix(".up.sql")
            return None if stem == migration.up.path else RollbackPlace(f"{stem}.down.sql")
        case Layout.DIESEL | Layout.PRISMA:
            return RollbackPlace(str(up.with_name("down.sql")))
        case Layout.FLYWAY:
            return RollbackPlace(str(up.with_name(f"U{up.name.removeprefix('V')}")))
        case Layout.GOOSE:
            between = "-- +goose StatementBegin\n", "-- +goose StatementEnd\n"
            return RollbackPlace(migration.up.path, Section(_GOOSE_DOWN, "-- +goose Down\n", *between))
        case Layout.DBMATE:
            return RollbackPlace(migration.up.path, Section(_DBMATE_DOWN, "-- migrate:down\n"))
        case _:
            assert_never(manifest.migrations.layout)


def rollback_text(manifest: Manifest, migration: Migration, sql: str) -> str:
    """The SQL of a rollback as the layout wants it: in a transaction of its own where it would run in none."""
    shared = manifest.migrations.layout in {Layout.DIESEL, Layout.GOOSE}
    return f"BEGIN;\n\n{sql.rstrip()}\n\nCOMMIT;\n" if shared and not migration.up.transactional else sql


def with_section(content: bytes, section: Section, text: str) -> bytes | None:
    """The file with the rollback in it, where not a byte of what applies the migration changes; None where one would.

    A section that is there and empty is the last one of the file, and gets the text.
    """
    if not content.removeprefix(BOM).endswith(b"\n"):
        return None
    opening = "" if section.opened.search(content) else section.opening
    return content + f"{opening}{section.before}{text.rstrip()}\n{section.after}".encode()
