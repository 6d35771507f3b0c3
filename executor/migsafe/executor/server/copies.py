"""Copies of an installation in a folder of ours: to be run by another account, or to be added to."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.account import Account, server_account
from migsafe.executor.server.filelock import poll, try_exclusive
from migsafe.executor.server.home import outside
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.executor.server.binaries import Installation

    Place = Callable[[Path, Path], None]
    Add = Callable[[Path], None]
    Fill = Callable[[Path, Path], None]  # from the folder above all files to the draft that becomes the copy

_NOTE = "copied-from"
_COPY_SECONDS = 120

# Where the shared files lie, seen from the folder above the programs: wheels and most packages; Homebrew; Debian.
_SHARES = ("share", "share/postgresql", "share/postgresql@{major}", "../../../share/postgresql/{major}")


def usable_by(account: Account, installation: Installation) -> Installation:
    """The installation, or a copy of it outside where the account cannot run it in its place. Raises Problem."""
    if _serves(installation, account):
        return installation
    digest = hashlib.sha256(os.fsencode(_mark(installation))).hexdigest()[:16]
    folder = outside() / f"installation-{installation.version}-{digest}"
    copy = _copied(installation, folder, lambda root, draft: _mirror(installation, root, draft, _really))
    if not _serves(copy, account):
        raise Problem(
            f"the account {account.name} cannot run {installation}",
            why=f"it cannot run it in its place, nor the copy in {copy.bin_dir}",
            remedy="see whether that disk is mounted noexec, or run migsafe as an ordinary user",
        )
    return copy


def _nothing(extensions: Path) -> None:
    """What is added where nothing is."""


def private_copy(installation: Installation, folder: Path, add: Add = _nothing) -> Installation:
    """An installation in `folder` that extensions can be added to, as files (0644) in its `extension_folder`.

    `add` is given that folder before the copy is there for others: they find all of it or nothing.

    Its programs are real files, because PostgreSQL finds all else from where its program really lies; all else is
    links to the origin, but for the folder of extensions, which is real. Where root asks and the account of the
    server cannot get to the origin, all is real. Made anew, and then without what was added, when the place or
    version of the origin changes. Raises Problem.
    """

    def fill(root: Path, draft: Path) -> None:
        _mirror(installation, root, draft, _linked if _serves(installation, server_account()) else _really)
        add(draft / extension_folder(installation).relative_to(root))

    return _copied(installation, folder.absolute(), fill)


def extension_folder(installation: Installation) -> Path:
    """Where the control files and scripts of its extensions lie. Raises Problem when it is no whole installation."""
    return share_folder(installation) / "extension"


def share_folder(installation: Installation) -> Path:
    """The folder of its shared files. Found by its content: only builds with pg_config could be asked."""
    for candidate in _SHARES:
        folder = installation.bin_dir.parent / candidate.format(major=installation.major)
        if (folder / "postgres.bki").is_file():
            return Path(os.path.normpath(folder))
    raise Problem(
        f"{installation} is not whole",
        why=f"no folder near {installation.bin_dir} holds postgres.bki, which initdb needs",
        remedy=f"reinstall PostgreSQL {installation.major}, its server package included",
    )


def _serves(installation: Installation, account: Account) -> bool:
    return account.runs(installation.program("postgres"), share_folder(installation) / "postgres.bki")


def _copied(installation: Installation, folder: Path, fill: Fill) -> Installation:
    """The copy in `folder`, which is filled where there is none of this origin."""
    above = installation.bin_dir.parent
    root = Path(os.path.commonpath([above, share_folder(installation)]))
    copy = replace(installation, bin_dir=folder / above.relative_to(root) / "bin", origin="copy")
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = poll(lambda: try_exclusive(folder.with_name(folder.name + ".lock")), _COPY_SECONDS)
    if lock is None:
        raise Problem(f"another process has been copying to {folder} for {_COPY_SECONDS} s", remedy="try again")
    with lock:
        if _noted(folder) != _mark(installation):
            _put(installation, root, folder, fill)
    return copy


def _put(installation: Installation, root: Path, folder: Path, fill: Fill) -> None:
    draft, old = (folder.with_name(folder.name + ending) for ending in (".new", ".old"))
    for leftover in (draft, old):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        fill(root, draft)
        _open_to_read(draft)
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    except OSError as error:
        raise Problem(
            f"cannot copy {installation} to {folder}",
            why=error.strerror or str(error),
            remedy="see that the disk has 100 MB of room and is writable",
        ) from error
    finally:
        for leftover in (draft, old):
            shutil.rmtree(leftover, ignore_errors=True)


def _mirror(installation: Installation, root: Path, draft: Path, place: Place) -> None:
    """Lay out `draft` as `root` is: a program finds its files by the way from one to the other."""
    above, share = installation.bin_dir.parent, share_folder(installation)
    _really(installation.bin_dir, draft / installation.bin_dir.relative_to(root))
    _place_all(above, draft / above.relative_to(root), place, but=(installation.bin_dir, share))
    _place_all(share, draft / share.relative_to(root), place, but=(share / "extension",))
    _place_all(share / "extension", draft / (share / "extension").relative_to(root), place)
    (draft / _NOTE).write_text(_mark(installation), encoding="utf-8", errors="surrogateescape")


def _place_all(source: Path, target: Path, place: Place, but: tuple[Path, ...] = ()) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for item in source.iterdir():
        if not any(kept.is_relative_to(item) for kept in but):
            place(item, target / item.name)


def _linked(source: Path, target: Path) -> None:
    target.symlink_to(source)


def _really(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)


def _open_to_read(folder: Path) -> None:
    """Let everybody read the copy, whatever the umask: the programs of PostgreSQL are no secret."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)


def _mark(installation: Installation) -> str:
    """What a copy is known by: a change of any of it makes the copy stale."""
    extensions = max(entry.stat().st_mtime_ns for entry in os.scandir(extension_folder(installation)))
    return f"{installation.bin_dir}\n{installation.version}\n{extensions}\n"


def _noted(folder: Path) -> str:
    try:
        return (folder / _NOTE).read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
