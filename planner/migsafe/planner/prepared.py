"""A migration read and divided: its statements, its steps-to-be, and the same for its rollback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.parse import parse
from migsafe.planner.source import BOM
from migsafe.planner.transactions import Division, Wrapping, divide
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from migsafe.planner.parse import Statement
    from migsafe.schemas.migration import Migration, SqlFile


@dataclass(frozen=True, slots=True)
class Script:
    """One SQL text, parsed and divided."""

    path: str
    text: str
    statements: tuple[Statement, ...]
    division: Division
    first_line: int = 1
    """Line of the file on which `text` begins."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A migration with both of its scripts."""

    migration: Migration
    up: Script
    down: Script | Refusal | None
    """None where no rollback is declared; a Refusal where it cannot be read or run."""


def script(raw: bytes, path: str, wrapping: Wrapping, first_line: int = 1) -> Script:
    """The script in some bytes. Raises Refusal with its place for what cannot be parsed or would undo itself."""
    statements = parse(raw, path, first_line)
    text = raw.removeprefix(BOM).decode()
    return Script(path, text, statements, divide(statements, wrapping), first_line)


def script_of(file: SqlFile) -> Script:
    """The script in a file, or in its section. Raises as `script`."""
    return script(file.raw, file.path, wrapping_of(file), file.first_line)


def wrapping_of(file: SqlFile) -> Wrapping:
    """How the statements of a file run that stand in no BEGIN ... COMMIT of their own."""
    return Wrapping.TRANSACTION if file.transactional else Wrapping.NONE


def prepare(migration: Migration) -> Prepared:
    """Read both scripts of a migration.

    Raises Refusal for the script that applies it. A rollback that cannot be used does not stand in the way of
    applying: what is wrong with it is kept, to be shown.
    """
    return Prepared(
        migration=migration,
        up=script_of(migration.up),
        down=None if migration.down is None else _rollback(migration.down),
    )


def _rollback(file: SqlFile) -> Script | Refusal:
    try:
        return script_of(file)
    except Refusal as refusal:
        return refusal
