"""Reads a backup back in full: its hash, and what it holds."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.backup.content import Content, read_content
from migsafe.executor.backup.folder import size_of
from migsafe.executor.backup.programs import client, ending, running, words_of
from migsafe.executor.server.postmaster import environment
from migsafe.schemas.manifest import BackupFormat, Compression
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    import io
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What a full read of a backup told."""

    content: Content
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Kind:
    """What one must know of a backup to read it."""

    format: BackupFormat
    compression: Compression
    major: int
    """Of the pg_dump that wrote it."""


def read_back(path: Path, kind: Kind) -> ReadBack:
    """Read all of a backup. Raises BackupFailed when it cannot be read to its end."""
    match kind.format:
        case BackupFormat.PLAIN:
            content = _plain(path, kind.compression)
        case BackupFormat.CUSTOM | BackupFormat.DIRECTORY:
            content = _archive(path, kind.major)
        case _:
            assert_never(kind.format)
    return ReadBack(content, hash_of(path), size_of(path))


def hash_of(path: Path) -> str:
    """SHA-256 of a file, or for a folder of its files' names and hashes in order."""
    if not path.is_dir():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for part in sorted(path.iterdir(), key=lambda part: os.fsencode(part.name)):
        whole.update(os.fsencode(part.name) + b"\0" + hash_of(part).encode() + b"\n")
    return whole.hexdigest()


def open_text(path: Path, compression: Compression) -> io.BufferedIOBase:
    """The SQL text of a plain backup, to be closed by the caller."""
    return path.open("rb") if compression is Compression.NONE else gzip.open(path)


def _plain(path: Path, compression: Compression) -> Content:
    try:
        with open_text(path, compression) as text:
            return read_content(text)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _damaged(path, str(error)) from error


def _archive(path: Path, major: int) -> Content:
    """What pg_restore makes of an archive when it reads all of it and restores nothing."""
    program = client("pg_restore", major).program("pg_restore")
    command = [os.fspath(program), "--file=-", os.fspath(path)]
    with tempfile.TemporaryFile() as said:
        with running(command, stdout=subprocess.PIPE, stderr=said, environment=environment()) as process:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            content = read_content(process.stdout)
            process.wait()
        if failure := ending(process, words_of(said)):
            raise _damaged(path, f"pg_restore cannot read it: {failure}")
    return content


def _damaged(path: Path, why: str) -> BackupFailed:
    return BackupFailed(f"{path.name} cannot be read to its end", why=why, remedy="take a new backup: migsafe backup")
