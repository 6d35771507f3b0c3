"""A folder below the manifest: what is in it, and files that are certainly inside the project."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.regular_file import not_a_file, read_regular
from migsafe.schemas.problem import Place, Problem, Refusal

if TYPE_CHECKING:
    from migsafe.schemas.migration import SqlFile

LARGEST_SQL = 256 * 1024 * 1024
"""Bytes that are read of one file at most; what is parsed has a lower limit of its own."""


class Kind(StrEnum):
    """What stands under a name, symlinks followed."""

    FILE = "file"
    FOLDER = "folder"
    OUTSIDE = "outside"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder."""

    name: str
    path: str
    """Absolute, symlinks resolved."""
    shown: str
    """Relative to the manifest, with forward slashes."""
    kind: Kind

    def require_file(self) -> None:
        """Refuses what is no regular file inside the project, or has a name that cannot be shown."""
        self.require_plain_name()
        if self.kind is Kind.OUTSIDE:
            raise _outside(self.shown)
        if self.kind is not Kind.FILE:
            raise not_a_file(self.shown, _mode(self))

    def require_plain_name(self) -> None:
        """Refuses a name that cannot be shown."""
        if not self.name.isprintable():
            raise Refusal(
                f"the file name {self.name!a} cannot be shown",
                why="it has invisible characters or is not UTF-8, so nobody could review it",
                remedy="rename the file",
                place=Place(ascii(self.shown)[1:-1]),
            )

    def read(self) -> SqlFile:
        """The file with its hashes. Raises Problem where it cannot be read, Refusal where it is too large."""
        return sql_file(self.shown, self.content())

    def content(self) -> bytes:
        """The bytes of the file. Raises as `read`."""
        return read_regular(self.path, self.shown, LARGEST_SQL)


def listing(root: Path, relative: str) -> dict[str, Entry] | None:
    """What a folder holds by name, sorted, without hidden files and editors' copies; None where it does not exist.

    `relative` is below `root`, as the manifest has it. Raises Refusal where it is no folder or lies outside `root`.
    """
    shown = PurePosixPath(relative).as_posix()
    top = os.path.realpath(root)
    path = os.path.realpath(os.path.join(top, relative))  # noqa: PTH118 - realpath is 5 times faster than Path.resolve
    if not _inside(path, top):
        raise _outside(shown)
    return _scanned(path, top, shown)


def children(root: Path, folder: Entry) -> dict[str, Entry]:
    """What a folder inside another listed one holds, as `listing` tells it."""
    return _scanned(folder.path, os.path.realpath(root), folder.shown) or {}


def _scanned(path: str, top: str, shown: str) -> dict[str, Entry] | None:
    try:
        with os.scandir(path) as entries:
            found = [_entry(entry, top, path, shown) for entry in entries if not _ignored(entry.name)]
    except FileNotFoundError:
        return None
    except NotADirectoryError as error:
        remedy = "name the folder that holds the migrations in migsafe.yaml"
        raise Refusal(f"{shown} is not a folder", why="it is a file", remedy=remedy, place=Place(shown)) from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        remedy = f"make it readable: ls -ld {shown}"
        raise Problem(f"cannot list {shown}", why=why, remedy=remedy, place=Place(shown)) from error
    return {entry.name: entry for entry in sorted(found, key=lambda entry: entry.name)}


def _entry(entry: os.DirEntry[str], top: str, folder: str, shown: str) -> Entry:
    path = f"{folder}/{entry.name}"
    kind = Kind.OTHER
    if entry.is_symlink():
        path = os.path.realpath(path)
        if not _inside(path, top):
            kind = Kind.OUTSIDE
        elif os.path.isfile(path):  # noqa: PTH113 - false also where the symlink leads nowhere or in a circle
            kind = Kind.FILE
        elif os.path.isdir(path):  # noqa: PTH112 - same
            kind = Kind.FOLDER
    elif entry.is_file():
        kind = Kind.FILE
    elif entry.is_dir():
        kind = Kind.FOLDER
    return Entry(entry.name, path, entry.name if shown == "." else f"{shown}/{entry.name}", kind)


def _ignored(name: str) -> bool:
    return name.startswith((".", "#")) or name.endswith(("~", "#"))


def _inside(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")


def _mode(entry: Entry) -> int:
    try:
        return os.stat(entry.path).st_mode  # noqa: PTH116 - the path is text here
    except OSError as error:
        raise Refusal(
            f"cannot read {entry.shown}",
            why="it is a symlink that leads to nothing",
            remedy="remove the symlink, or restore its target",
            place=Place(entry.shown),
        ) from error


def _outside(shown: str) -> Refusal:
    return Refusal(
        f"{shown} leads out of the project",
        why="it is a symlink to somewhere outside of the folder of the manifest",
        remedy="put the file itself there",
        place=Place(shown),
    )
