"""Writes files so that there is at any moment either the old one or the new one, and reads those that are files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from migsafe.planner.regular_file import read_regular
from migsafe.schemas.problem import Place, Problem


def read_whole(path: Path, limit: int, remedy: str) -> bytes:
    """The bytes of a file that a person named; `remedy` is what to do where there is none.

    Raises Refusal for a directory, a FIFO, a device, and for more than `limit` bytes; Problem for what cannot be read.
    """
    try:
        path.stat()
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Problem(f"{path} cannot be read", why=why, remedy=remedy, place=Place(str(path))) from None
    return read_regular(os.path.realpath(path), str(path), limit)


def write_whole(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, durably: temp name, fsync, rename, fsync of the folder.

    What stands there and is no file is left alone: a rename would put the file in the place of the device /dev/null.
    """
    try:
        if path.exists() and not path.is_file():
            raise _no_file(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync(path.parent)
    except OSError as error:
        raise _unwritten(path, error) from None


def replace_whole(path: Path, content: bytes) -> None:
    """Replace a file that people write, with the rights that it has; the old or the new one is there at any moment."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.chmod(path.stat().st_mode & 0o7777)
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync(path.parent)
    except OSError as error:
        raise _unwritten(path, error) from None


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, with the usual rights; a file that is there is never touched."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise Problem(
            f"{path} exists already",
            why="migsafe never overwrites a file that people write",
            remedy=f"look at it, and remove it if it is not needed: {path}",
            place=Place(str(path)),
        ) from None
    except OSError as error:
        raise _unwritten(path, error) from None


def _no_file(path: Path) -> Problem:
    return Problem(
        f"{path} is not a file, and is left as it is",
        why="migsafe writes a file under another name first, and then puts it in its place",
        remedy="name a file; the text goes to standard output, and with --json the whole document",
        place=Place(str(path)),
    )


def _unwritten(path: Path, error: OSError) -> Problem:
    return Problem(
        f"{path} cannot be written",
        why=error.strerror or type(error).__name__,
        remedy="name a file in a folder that exists and that you may write to",
        place=Place(str(path)),
    )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
