"""A migration as it stands in its file, before anything was parsed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One SQL text, read once: everything later works on these bytes. A whole file, or one section of it."""

    path: str
    """Relative to the manifest, with forward slashes."""
    raw: bytes
    """The bytes of the file, or of the section that is this text; exactly these are executed."""
    sha256: str
    """SHA-256 of `raw`, hexadecimal."""
    normalised_sha256: str
    """SHA-256 of the same text with LF line ends and no byte order mark."""
    first_line: int = 1
    """Line of the file on which `raw` begins, from 1."""
    transactional: bool = True
    """False where the layout says that it runs outside a transaction (diesel's `run_in_transaction = false`)."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One ordered unit of change."""

    label: str
    """The file's version as its name has it; empty where the layout finds none."""
    name: str
    """The file's name without label and ending."""
    file: str
    """Path relative to the migrations folder, with forward slashes: the name by which people call it."""
    up: SqlFile
    """What applies it."""
    down: SqlFile | None
    """What undoes it."""
    notes: tuple[str, ...] = ()
    """What is odd about the name, in words: no valid time, label of another width, a repeated label."""


class StrayKind(StrEnum):
    """Why a file of the folder is never run."""

    PASSED_OVER = "passed over"
    """Its name is none of a migration."""
    ROLLBACK_OF_NOTHING = "rollback of nothing"
    """It is the rollback of a migration that is not there."""


@dataclass(frozen=True, slots=True)
class Stray:
    """An SQL file beside the migrations that belongs to none of them."""

    kind: StrayKind
    path: str
    """Relative to the manifest, with forward slashes."""
    why: str = ""
    """What its name lacks, in words, and the command that mends it."""
