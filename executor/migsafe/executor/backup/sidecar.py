"""The record beside a backup: written last, sealed by its own digest."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from migsafe.executor.backup.folder import SIDECAR, Draft, drafted, flush, new_file, publish
from migsafe.schemas.backup import BackupRecord
from migsafe.schemas.problem import BackupFailed
from migsafe.schemas.seal import canonical

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST = 64_000_000


def publish_recorded(backup: Draft, record: BackupRecord) -> BackupRecord:
    """Give a flushed backup its name, and then its sidecar (canonical JSON, 0600) its own; the record with its digest.

    All that needs room on the disk is written before the first of the two gets its name.
    """
    sealed = record.model_copy(update={"digest": _digest(record)})
    with drafted(backup.final.parent, backup.final.name, SIDECAR, new_file) as draft:
        if draft.final.name != f"{record.file}{SIDECAR}":
            raise _unbelieved(draft.final, f"another process began one for {record.file}")
        _write(draft, canonical(sealed.model_dump(mode="json")).encode())
        flush(draft.path)
        publish(backup)
        publish(draft)
    return sealed


def read_sidecar(path: Path) -> BackupRecord:
    """The record in a sidecar. Raises BackupFailed with the reason why it cannot be believed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LARGEST)
    try:
        record = BackupRecord.model_validate_json(text)
    except ValidationError as error:
        raise _unbelieved(path, "it is not a record of a backup") from error
    if record.digest != _digest(record):
        raise _unbelieved(path, "it was changed after it had been written: its digest does not fit")
    if f"{record.file}{SIDECAR}" != path.name:
        raise _unbelieved(path, f"it is the record of {record.file}")
    return record


def _write(draft: Draft, content: bytes) -> None:
    with os.fdopen(os.dup(draft.descriptor), "wb") as file:
        file.write(content)


def _digest(record: BackupRecord) -> str:
    unsealed = record.model_copy(update={"digest": ""})
    return hashlib.sha256(canonical(unsealed.model_dump(mode="json")).encode()).hexdigest()


def _unbelieved(path: Path, why: str) -> BackupFailed:
    return BackupFailed(
        f"the sidecar {path.name} cannot be believed", why=why, remedy="take a new backup: migsafe backup"
    )
