"""Takes a backup: dumped, read back, compared with the database, and only then recorded."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.backup import folder as files
from migsafe.executor.backup.census import COUNTED_BYTES, Coverage, Moment, coverage, moment, take_census
from migsafe.executor.backup.content import filled, shortfall
from migsafe.executor.backup.dump import address_of, command_of, find_pg_dump, run
from migsafe.executor.backup.readback import Kind, ReadBack, read_back
from migsafe.executor.backup.scratch import Needs, needs_of, prove_restorable, refuse_unprovable
from migsafe.executor.backup.sidecar import publish_recorded
from migsafe.executor.backup.standing import standings
from migsafe.schemas.backup import BackupRecord, Census
from migsafe.schemas.events import BackupDone, BackupProgress, BackupStarted, BackupVerifying, Listener, ServerNotice
from migsafe.schemas.manifest import Backup, BackupFormat, Verification
from migsafe.schemas.problem import BackupFailed, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from migsafe.executor.server.binaries import Installation

# Of an empty database nothing is dumped, and gzip hardly ever makes a tenth out of rows.
_EMPTY_DATABASE = 8_000_000
_CLEARLY_TOO_LITTLE = 10


@dataclass(frozen=True, slots=True)
class _Task:
    """One backup under way."""

    settings: Backup
    listener: Listener
    clock: Callable[[], datetime]
    folder: Path
    started_at: datetime
    began: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def shown(self, path: Path) -> str:
        return f"{self.settings.folder}/{path.name}"


@dataclass(frozen=True, slots=True)
class _Dumped:
    """What was dumped, and how."""

    source: Moment
    program: Installation
    covered: Coverage
    census: Census
    needs: Needs
    warnings: tuple[str, ...]


def take(url: str, root: Path, settings: Backup, clock: Callable[[], datetime], listener: Listener) -> BackupRecord:
    """Back up the database of `url` into `settings.folder` below `root`; the record that stands beside the backup.

    The file is named after the start in UTC: backup_YYYYMMDD_HHMMSS.sql (.sql.gz, .dump, or a folder). It gets its
    name, and then its sidecar, after it has been read back in full and its rows equal those of the database at the
    moment of the dump. Refuses when less than a tenth of the database's size is free, and warns (as a ServerNotice)
    when less than all of it is. Raises BackupFailed; then nothing new stands in the folder.
    """
    with _failing_as_backup(settings):
        folder = files.backup_folder(root, settings)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.sweep(folder)
        task = _Task(settings, listener, clock, folder, clock().astimezone(UTC), time.monotonic())
        stem = f"{files.PREFIX}{task.started_at:%Y%m%d_%H%M%S}"
        make = files.new_folder if settings.format is BackupFormat.DIRECTORY else files.new_file
        with files.drafted(folder, stem, files.suffix(settings), make) as draft:
            dumped = _dump(url, task, draft)
            return _prove(task, draft, dumped, root)


def _dump(url: str, task: _Task, draft: files.Draft) -> _Dumped:
    with moment(url) as source:
        program = find_pg_dump(source.major, task.settings)
        covered = coverage(source)
        if task.settings.verify is Verification.RESTORE:
            refuse_unprovable(covered)
        _judge_room(task, source.bytes)
        task.listener(BackupStarted(task.shown(draft.final), source.bytes))
        address = address_of(url, source)
        census = take_census(source.connection, covered.excluded, COUNTED_BYTES)
        needs = needs_of(source.connection)
        warnings = run(
            command_of(program, address, task.settings, source, covered),
            task.settings,
            draft,
            address.environment,
            lambda: task.listener(BackupProgress(files.size_of(draft.path), task.seconds)),
        )
    for line in warnings:
        task.listener(ServerNotice("WARNING", line))
    return _Dumped(source, program, covered, census, needs, warnings)


def _prove(task: _Task, draft: files.Draft, dumped: _Dumped, root: Path) -> BackupRecord:
    task.listener(BackupVerifying(task.shown(draft.final)))
    files.flush(draft.path)
    kind = Kind(task.settings.format, task.settings.compression, dumped.program.major)
    read = read_back(draft.path, kind)
    if lacking := shortfall(dumped.census, read.content):
        raise BackupFailed(
            "pg_dump said that all is well, but the backup is not whole; it was removed",
            why=lacking,
            remedy=f"check {dumped.program}, then try again: migsafe backup",
        )
    census = filled(dumped.census, read.content)
    warnings = dumped.warnings
    match task.settings.verify:
        case Verification.READ:
            pass
        case Verification.RESTORE:
            warnings += prove_restorable(draft.path, kind, dumped.needs, census)
        case _:
            assert_never(task.settings.verify)
    record = _record(task, draft, dumped, read).model_copy(
        update={"census": census, "warnings": warnings, "serial": _next_serial(root, task.settings)}
    )
    sealed = publish_recorded(draft, record)
    task.listener(BackupDone(task.shown(draft.final), record.bytes, task.seconds))
    return sealed


def _record(task: _Task, draft: files.Draft, dumped: _Dumped, read: ReadBack) -> BackupRecord:
    return BackupRecord(
        version=1,
        file=draft.final.name,
        format=task.settings.format,
        compression=task.settings.compression,
        sha256=read.sha256,
        bytes=read.bytes,
        started_at=task.started_at.isoformat(),
        finished_at=task.clock().astimezone(UTC).isoformat(),
        database=dumped.source.database,
        system_identifier=dumped.source.system_identifier,
        database_oid=dumped.source.oid,
        server_version=dumped.source.server_version,
        dump_version=dumped.program.version,
        restore_major=dumped.program.major,
        verified=task.settings.verify,
        census=dumped.census,
        not_covered=dumped.covered.not_covered,
    )


def _next_serial(root: Path, settings: Backup) -> int:
    return 1 + max((one.record.serial for one in standings(root, settings) if one.record), default=0)


def _judge_room(task: _Task, database_bytes: int) -> None:
    free = shutil.disk_usage(task.folder).free
    expected = max(0, database_bytes - _EMPTY_DATABASE)
    told = f"the database has {database_bytes:,} bytes, and {free:,} are free for the backup"
    if free * _CLEARLY_TOO_LITTLE < expected:
        raise BackupFailed(
            f"the disk of {task.settings.folder} has too little room for a backup",
            why=told,
            remedy="make room, or set backup.folder to a larger disk and backup.compression to gzip",
        )
    if free < expected:
        task.listener(ServerNotice("WARNING", f"the disk may become full: {told}"))


@contextmanager
def _failing_as_backup(settings: Backup) -> Iterator[None]:
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        yield
    except OSError as error:
        raise BackupFailed(
            f"the backup could not be written to {settings.folder}",
            why=f"{error.strerror or error}: {error.filename or settings.folder}",
            remedy="see that the folder can be written to and its disk has room",
        ) from error
    except BackupFailed:
        raise
    except Problem as problem:
        raise BackupFailed(problem.what, why=problem.why, remedy=problem.remedy) from problem
    except psycopg.Error as error:
        raise BackupFailed(
            "the database could not be read for the backup",
            why=" ".join(str(error).split()),
            remedy="see that the database answers: migsafe doctor",
        ) from error
