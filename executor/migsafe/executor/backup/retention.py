"""Which backups are kept when a new one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.backup.folder import SIDECAR, discard, flush_names
from migsafe.executor.backup.standing import is_unchanged, standings
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from migsafe.schemas.backup import BackupStanding
    from migsafe.schemas.manifest import Backup


def prune(root: Path, settings: Backup, keep_also: Collection[str] = ()) -> tuple[str, ...]:
    """Delete all but the newest `settings.keep` backups that count; the paths of those deleted.

    Backups named in `keep_also` (file names) stay and do not count. A backup that does not count, or that has no
    sidecar of ours, is left alone. Before anything is deleted, the newest one is read to see that its bytes are
    those that were verified. Raises BackupFailed when they are not, or a file cannot be removed.
    """
    try:
        return _pruned(root, settings, keep_also)
    except OSError as error:
        raise BackupFailed(
            f"old backups could not be removed from {settings.folder}",
            why=f"{error.strerror or error}: {error.filename}",
            remedy="see who owns the folder, and what lies there under that name",
        ) from error


def _pruned(root: Path, settings: Backup, keep_also: Collection[str]) -> tuple[str, ...]:
    known = standings(root, settings)
    for stray in known:
        if stray.record is not None and not (root / stray.path).exists():
            _drop_sidecar(root, stray)
    countable = [one for one in known if one.verified and one.record and one.record.file not in keep_also]
    doomed = countable[settings.keep :]
    if doomed:
        _demand_sound(root, countable[0])
    for old in doomed:
        # Data first: a crash in between leaves a sidecar without data, which counts for nothing and goes next time.
        discard(root / old.path)
        _drop_sidecar(root, old)
    return tuple(old.path for old in doomed)


def _drop_sidecar(root: Path, standing: BackupStanding) -> None:
    sidecar = root / f"{standing.path}{SIDECAR}"
    sidecar.unlink(missing_ok=True)
    flush_names(sidecar.parent)


def _demand_sound(root: Path, newest: BackupStanding) -> None:
    if newest.record is None or not is_unchanged(root / newest.path, newest.record):
        raise BackupFailed(
            f"no old backup was deleted: the newest one, {newest.path}, is damaged",
            why="its bytes are not those that were verified",
            remedy="take a new one: migsafe backup",
        )
