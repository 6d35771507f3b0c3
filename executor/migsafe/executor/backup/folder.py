"""The folder of the backups, and drafts in it: files that never clobber, and never count before they are whole."""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.server.filelock import FileLock, poll, try_exclusive
from migsafe.schemas.manifest import Backup, BackupFormat, Compression
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PREFIX = "backup_"
SIDECAR = ".json"
_DRAFT = ".partial"
_LOCK = ".lock"
_TURN_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A file or folder under a temporary name, locked for as long as a process writes it."""

    path: Path
    final: Path
    descriptor: int
    """Open on it. Children that inherit it keep the lock when we are killed."""


def backup_folder(root: Path, settings: Backup) -> Path:
    """The folder of the backups, which may be missing.

    Raises BackupFailed when it is a link, lies outside of `root`, or can be written to by everybody.
    """
    folder = root / settings.folder
    if folder.is_symlink():
        raise _unfit(settings, "it is a symbolic link, and what it points at may change", "name the folder itself")
    if not folder.resolve().is_relative_to(root.resolve()):
        raise _unfit(settings, "it lies outside of the project", "name a folder inside of it")
    if folder.exists() and not folder.is_dir():
        raise _unfit(settings, "it is not a folder", "name a folder")
    if folder.exists() and folder.stat().st_mode & stat.S_IWOTH:
        raise _unfit(settings, "everybody may write to it", f"close it: chmod 700 '{folder}'")
    return folder


def suffix(settings: Backup) -> str:
    """How the name of a backup ends."""
    match settings.format:
        case BackupFormat.PLAIN:
            return ".sql" if settings.compression is Compression.NONE else ".sql.gz"
        case BackupFormat.CUSTOM:
            return ".dump"
        case BackupFormat.DIRECTORY:
            return ""
        case _:
            assert_never(settings.format)


@contextmanager
def drafted(folder: Path, stem: str, ending: str, make: Callable[[Path], int]) -> Iterator[Draft]:
    """A draft made by `make`, under a name that nothing has yet; removed at the end unless it was published."""
    with _turn(folder):
        draft = _reserved(folder, stem, ending, make)
    try:
        yield draft
    finally:
        os.close(draft.descriptor)
        _remove(draft.path)


def new_file(path: Path) -> int:
    """Make an empty file (0600) that was not there; an open descriptor of it."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def new_folder(path: Path) -> int:
    """Make an empty folder (0700) that was not there; an open descriptor of it."""
    path.mkdir(mode=0o700)
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)


def flush(path: Path) -> None:
    """Bring a file, or a folder and its files, to the disk, and let the next read come from there."""
    if path.is_dir():
        for file in sorted(path.iterdir()):
            flush(file)
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
        if sys.platform == "linux":
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def publish(draft: Draft) -> None:
    """Give a flushed draft its final name, durably. Raises BackupFailed when somebody took the name meanwhile."""
    if os.path.lexists(draft.final):
        raise BackupFailed(
            f"{draft.final.name} appeared while the backup was written",
            why="an existing file is never replaced",
            remedy="see who else writes to the folder of the backups, then try again",
        )
    draft.path.rename(draft.final)
    flush_names(draft.final.parent)


def flush_names(folder: Path) -> None:
    """Make what was renamed or removed in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def discard(data: Path) -> None:
    """Remove a backup's data: it loses its name in one instant, so that no half of it ever bears it."""
    doomed = data.with_name(f".{data.name}{_DRAFT}")
    data.rename(doomed)
    flush_names(data.parent)
    _remove(doomed)


def sweep(folder: Path) -> None:
    """Remove the drafts that killed processes left behind; those that a living process writes are locked."""
    with _turn(folder):
        for leftover in folder.glob(f".{PREFIX}*{_DRAFT}"):
            if leftover.is_symlink() or _is_unlocked(leftover):
                _remove(leftover)


def size_of(path: Path) -> int:
    """The bytes of a file, or of the files in a folder; what vanishes meanwhile counts as nothing."""
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in os.scandir(path))
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _reserved(folder: Path, stem: str, ending: str, make: Callable[[Path], int]) -> Draft:
    for number in itertools.count(1):
        name = f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}"
        path = folder / f".{name}{_DRAFT}"
        if os.path.lexists(folder / name) or os.path.lexists(folder / f"{name}{SIDECAR}"):
            continue
        with suppress(FileExistsError):
            descriptor = make(path)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Draft(path, folder / name, descriptor)
    raise AssertionError


def _turn(folder: Path) -> FileLock:
    """The lock under which drafts are made and swept, held for a moment each."""
    if (lock := poll(lambda: try_exclusive(folder / _LOCK), _TURN_SECONDS)) is None:
        raise BackupFailed(
            "another process keeps the folder of the backups locked",
            why=f"it holds {folder / _LOCK}",
            remedy=f"see which one it is: fuser '{folder / _LOCK}'",
        )
    return lock


def _is_unlocked(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _remove(path: Path) -> None:
    # A draft that cannot be removed still does not count; what went wrong before is the message that matters.
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _unfit(settings: Backup, why: str, remedy: str) -> BackupFailed:
    return BackupFailed(
        f"backups cannot be kept in {settings.folder}", why=why, remedy=f"{remedy} (backup.folder in migsafe.yaml)"
    )
