"""Where a server of ours keeps its data, so that the account that runs it can get there."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.filelock import try_exclusive
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.account import Account

_POINTER = "server.location"  # in the state folder: the folder outside
_ORIGIN = "made-for"  # in the folder outside: the state folder
_WORTHLESS = "throw-away"  # in the folder outside, where its data can be made anew at any time
_OUTSIDE = Path("/var/lib/migsafe")
_TEMPORARY = Path("/tmp")  # noqa: S108 - socket paths must be short, and TMPDIR need not be; each folder in it is checked to be ours

_OWNER = "owner.lock"

# sun_path holds 108 bytes on Linux and 104 elsewhere, its final NUL included.
_LONGEST_SOCKET = 100
PORT = 5432


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one server. It belongs to the caller; `data` in it to the account of the server."""

    folder: Path
    log: Path

    @property
    def data(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.folder / "data"

    @property
    def starting(self) -> Path:
        """Locked alone by whoever starts, joins or stops the server."""
        return self.folder / "starting.lock"

    @property
    def owner(self) -> Path:
        """Locked alone by the process whose child the server is."""
        return self.folder / _OWNER

    @property
    def users(self) -> Path:
        """Shared by the processes that joined a server of another."""
        return self.folder / "users.lock"


def settle(state_dir: Path, account: Account) -> Home:
    """Make the home of the server of `state_dir` (0700, or 0710 for root) and say where it is.

    It lies in `state_dir`, unless root asks and the account of the server cannot pass through a folder above:
    then in a folder outside, which `server.location` names. Raises Problem and OSError.
    """
    own_folder(state_dir)
    folder = state_dir / "server"
    if not (folder.exists() and account.reaches(own_folder(folder))):
        _open_to(account, state_dir)
        if not account.reaches(state_dir):
            folder = _place_outside(state_dir, folder)
        _open_to(account, own_folder(folder))
    return Home(folder, state_dir / "server.log")


def throw_away(home: Home) -> None:
    """Say of a home that nobody misses its data: where it lies outside, it goes once its state folder is gone."""
    if (home.folder / _ORIGIN).exists():
        (home.folder / _WORTHLESS).touch()


@contextmanager
def disk_explained(state_dir: Path) -> Iterator[None]:
    """Turn an error of the file system within the block into a Problem that says what to look at."""
    try:
        yield
    except OSError as error:
        raise Problem(
            f"the embedded PostgreSQL cannot use its folder {state_dir}",
            why=f"{error.strerror or error}: {error.filename or state_dir}",
            remedy="make the folder writable and see that its disk has room, or set database.url in migsafe.yaml",
        ) from error


def own_folder(path: Path) -> Path:
    """Make `path` a folder of the caller's own (0700). Raises Problem when it is a link or somebody else's."""
    if not os.path.lexists(path):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_foreign(path, os.geteuid())
    return path


def outside() -> Path:
    """A folder of root's (0711) that every account can pass through, for what cannot lie with the project."""
    for candidate in (_OUTSIDE, _TEMPORARY / "migsafe-0"):
        try:
            own_folder(candidate).chmod(0o711)
        except OSError:  # /var/lib may be read-only
            continue
        return candidate
    raise Problem(
        f"neither {_OUTSIDE} nor a folder in {_TEMPORARY} can be made",
        why="the server runs under another account than root, which cannot pass through the folders of the project",
        remedy="make one of them writable, or run migsafe as an ordinary user",
    )


def socket_folder(home: Home, account: Account) -> Path:
    """Make the folder (0700, the account's) of the socket: in the home, or under /tmp where that is too long.

    The caller holds the lock for starting, and no server runs on this home. Raises Problem and OSError.
    """
    folder = home.folder / "socket"
    if not _fits(folder):
        digest = hashlib.sha256(os.fsencode(home.folder)).hexdigest()[:16]
        folder = _TEMPORARY / f"migsafe-{account.uid}-{digest}"
    if not folder.is_dir() or folder.is_symlink():
        folder.mkdir(mode=0o700)
        account.own(folder)
    _refuse_foreign(folder, account.uid)
    # The lock file of a dead server's socket may name a process that got its number later.
    for leftover in folder.iterdir():
        leftover.unlink()
    return folder


def _fits(folder: Path) -> bool:
    path = os.fsencode(folder / f".s.PGSQL.{PORT}")
    # libpq reads a comma in the host as the end of the name, and psycopg sends the text as UTF-8.
    return len(path) <= _LONGEST_SOCKET and b"," not in path and path.decode("utf-8", "replace").isprintable()


def _refuse_foreign(path: Path, uid: int) -> None:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise Problem(
            f"{path} is not a folder",
            why="the files of the embedded PostgreSQL are kept in a folder, never behind a link",
            remedy=f"look at what it is, then remove it: rm {path}",
        )
    if status.st_uid != uid:
        raise Problem(
            f"{path} belongs to another account",
            why=f"its owner is number {status.st_uid}, and we would use it as {uid}",
            remedy=f"run migsafe as its owner, or remove it: rm -r {path}",
        )


def _open_to(account: Account, folder: Path) -> None:
    """Let the group of the account pass through a folder of ours, and nobody else."""
    if account.dropped and not account.reaches(folder):
        os.chown(folder, -1, account.gid)
        folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXGRP)


def _place_outside(state_dir: Path, unreachable: Path) -> Path:
    if (unreachable / "data").exists():
        raise Problem(
            f"the data in {unreachable} is out of reach for the account of the server",
            why="a folder above it lets only its owner pass: the project was moved there, or closed since",
            remedy=f"let others pass through the folders above {state_dir}, or run migsafe as an ordinary user",
        )
    base = outside()
    _sweep(base)
    digest = hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:16]
    folder = _moved_here(state_dir, base) or base / f"server-{digest}"
    own_folder(folder)
    _write_path(state_dir / _POINTER, folder)
    _write_path(folder / _ORIGIN, state_dir)
    return folder


def _moved_here(state_dir: Path, base: Path) -> Path | None:
    """The folder outside that was made for this state folder when it had another path, or None.

    A copy of a project does not get the data of the original, which still stands where it stood.
    """
    named = _read_path(state_dir / _POINTER)
    # The pointer may have come with somebody's archive: nothing but a folder of this kind is ever used.
    if named is None or named.parent != base or not named.name.startswith("server-"):
        return None
    origin = _read_path(named / _ORIGIN)
    return named if origin is not None and not origin.exists() else None


def _sweep(base: Path) -> None:
    """Remove the homes of shadows whose project is gone. Data of people stay: their project may have moved."""
    for mark in base.glob(f"server-*/{_WORTHLESS}"):
        folder = mark.parent
        origin = _read_path(folder / _ORIGIN)
        if origin is None or origin.exists() or (owner := try_exclusive(folder / _OWNER)) is None:
            continue
        with owner:
            shutil.rmtree(folder, ignore_errors=True)


def _write_path(file: Path, path: Path) -> None:
    file.write_text(f"{path}\n", encoding="utf-8", errors="surrogateescape")


def _read_path(file: Path) -> Path | None:
    try:
        return Path(file.read_text(encoding="utf-8", errors="surrogateescape").removesuffix("\n"))
    except FileNotFoundError:
        return None
