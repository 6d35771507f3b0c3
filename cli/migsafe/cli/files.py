"""Writes files so that there is at any moment either the old one or the new one, as a whole."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from migsafe.schemas.problem import Place, Problem


def write_whole(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, durably: temp name, fsync, rename, fsync of the folder."""
    try:
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
