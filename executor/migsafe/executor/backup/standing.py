"""Which backups there are, and whether each counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from migsafe.executor.backup.content import shortfall
from migsafe.executor.backup.folder import PREFIX, SIDECAR, backup_folder, size_of
from migsafe.executor.backup.readback import Kind, hash_of, read_back
from migsafe.executor.backup.sidecar import read_sidecar
from migsafe.schemas.backup import BackupRecord, BackupStanding
from migsafe.schemas.manifest import Backup, BackupFormat
from migsafe.schemas.problem import BackupFailed, Problem

if TYPE_CHECKING:
    from pathlib import Path

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def standings(root: Path, settings: Backup) -> tuple[BackupStanding, ...]:
    """The backups of the folder, newest first by their records, never by name; those without a record last.

    Here a backup counts when its sidecar is sound and its size is as recorded: reading all of them may take hours.
    `verify` reads one in full. Raises BackupFailed when the folder is not fit to hold backups.
    """
    folder = backup_folder(root, settings)
    visible = {path.name for path in folder.glob(f"{PREFIX}*")}
    names = {name.removesuffix(SIDECAR) for name in visible}
    return tuple(sorted((_standing(folder, settings, name) for name in names), key=_age, reverse=True))


def verify(root: Path, settings: Backup, name: str | None = None) -> BackupStanding:
    """Read one backup in full, the newest that counts by default: its hash and what it holds, against its record.

    `name` is the file's name, with or without the folder. Raises Problem when there is no such backup.
    """
    standing = _chosen(standings(root, settings), settings, name)
    if standing.record is None or not standing.verified:
        return standing
    path = root / standing.path
    try:
        problem = _damage(path, standing.record)
    except BackupFailed as failure:
        problem = f"{failure.what}: {failure.why}"
    except OSError as error:
        problem = f"it cannot be read: {error.strerror or error}"
    return standing.model_copy(update={"verified": not problem, "problem": problem})


def is_unchanged(path: Path, record: BackupRecord) -> bool:
    """Whether the data is byte for byte what had been verified when the record was written."""
    return size_of(path) == record.bytes and hash_of(path) == record.sha256


def order_of(record: BackupRecord) -> tuple[int, datetime]:
    """What backups are sorted by: their number, since clocks jump; the recorded end where numbers are equal."""
    try:
        finished = datetime.fromisoformat(record.finished_at)
    except ValueError:
        return record.serial, _LONG_AGO
    return record.serial, finished if finished.tzinfo else finished.replace(tzinfo=UTC)


def _chosen(known: tuple[BackupStanding, ...], settings: Backup, name: str | None) -> BackupStanding:
    if name is not None:
        wanted = [one for one in known if name in {one.path, one.path.removeprefix(f"{settings.folder}/")}]
    else:
        wanted = [one for one in known if one.verified] or list(known)
    if not wanted:
        raise Problem(
            f"there is no backup {name} in {settings.folder}" if name else f"there is no backup in {settings.folder}",
            why=f"it holds {len(known)} backups",
            remedy="see which there are: migsafe backup list",
        )
    return wanted[0]


def _standing(folder: Path, settings: Backup, name: str) -> BackupStanding:
    path = f"{settings.folder}/{name}"
    try:
        record = read_sidecar(folder / f"{name}{SIDECAR}")
    except FileNotFoundError:
        problem = "it has no sidecar: the run that wrote it did not come to its end"
        return BackupStanding(path=path, record=None, verified=False, problem=problem)
    except BackupFailed as failure:
        problem = f"{failure.what}: {failure.why}"
        return BackupStanding(path=path, record=None, verified=False, problem=problem)
    except OSError as error:
        problem = f"its sidecar cannot be read: {error.strerror or error}"
        return BackupStanding(path=path, record=None, verified=False, problem=problem)
    problem = _visible_damage(folder / name, record)
    return BackupStanding(path=path, record=record, verified=not problem, problem=problem)


def _visible_damage(path: Path, record: BackupRecord) -> str:
    if path.is_symlink():
        return "it is a symbolic link"
    if not path.exists():
        return "the backup itself is gone; only its sidecar is left"
    if path.is_dir() != (record.format is BackupFormat.DIRECTORY):
        return f"it is not what pg_dump writes in the format {record.format.value}"
    if (size := size_of(path)) != record.bytes:
        return f"it has {size} bytes, and had {record.bytes} when it was verified"
    return ""


def _damage(path: Path, record: BackupRecord) -> str:
    # The hash first: what differs from the recorded bytes is not fed to pg_restore.
    if not is_unchanged(path, record):
        return "its bytes are not those that were verified: the SHA-256 differs"
    read = read_back(path, Kind(record.format, record.compression, record.restore_major))
    return shortfall(record.census, read.content)


def _age(standing: BackupStanding) -> tuple[int, datetime, str]:
    order = (-1, _LONG_AGO) if standing.record is None else order_of(standing.record)
    return (*order, standing.path)
