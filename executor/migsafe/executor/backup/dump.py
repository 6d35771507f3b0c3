"""Runs pg_dump: the password in its environment, its output in a draft, its end watched."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from migsafe.executor.backup.programs import client, ending, running, words_of
from migsafe.schemas.manifest import Backup, BackupFormat, Compression
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migsafe.executor.backup.census import Coverage, Moment
    from migsafe.executor.backup.folder import Draft
    from migsafe.executor.server.binaries import Installation

_PROGRESS_SECONDS = 0.25
_LOCK_WAIT_MILLISECONDS = 60_000
# pg_dump learned zstd, and the names of methods, with 16.
_METHODS_SINCE = 16
_NO_CONVERSION = frozenset({"UTF8", "SQL_ASCII"})
_WEAK_TLS = frozenset({"disable", "allow", "prefer", ""})
# Secrets that libpq takes from the connection string alone, so that a child could only get them by its arguments.
_UNTRANSFERABLE = frozenset({"sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"})


@dataclass(frozen=True, slots=True)
class Address:
    """How a client program reaches the database."""

    conninfo: str
    """For its arguments: everybody on this machine may read it, so no secret is in it."""
    environment: Mapping[str, str]
    """The caller's, and the password. HOME too: with another's libpq goes on without TLS and says nothing."""


def address_of(url: str, at: Moment) -> Address:
    """Split a URL into what may be seen and what may not. Raises BackupFailed when the split cannot be made."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo  # noqa: PLC0415 - slow to import

    parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    if held := _UNTRANSFERABLE & parts.keys():
        raise BackupFailed(
            f"pg_dump cannot be given {', '.join(sorted(held))} without showing it to everybody on this machine",
            why="libpq takes it from the connection string only, and arguments of programs are public",
            remedy="use a password or a client key without a passphrase",
        )
    secrets = {"PGPASSWORD": parts.pop("password")} if "password" in parts else {}
    weak = parts.get("sslmode", os.environ.get("PGSSLMODE", "")) in _WEAK_TLS
    # Some builds of pg_dump know no TLS, and with `prefer` they go on in plain text without a word.
    if at.connection.pgconn.ssl_in_use and weak:
        parts["sslmode"] = "require"
    return Address(
        make_conninfo("", **{**parts, "application_name": "migsafe backup"}),
        {**os.environ, **secrets},
    )


def find_pg_dump(major: int, settings: Backup) -> Installation:
    """The pg_dump for a server of `major` and these settings. Raises BackupFailed naming versions."""
    needed = _METHODS_SINCE if settings.compression is Compression.ZSTD else 0
    return client("pg_dump", max(major, needed))


def command_of(program: Installation, address: Address, settings: Backup, at: Moment, covered: Coverage) -> list[str]:
    """The pg_dump command without its output."""
    converted = () if at.encoding in _NO_CONVERSION else ("--encoding=UTF8",)
    return [
        os.fspath(program.program("pg_dump")),
        f"--dbname={address.conninfo}",
        "--no-password",
        f"--format={settings.format.value}",
        f"--compress={_compress(settings.compression, program.major)}",
        f"--snapshot={at.snapshot}",
        f"--lock-wait-timeout={_LOCK_WAIT_MILLISECONDS}",
        *converted,
        *(f'--exclude-schema="{schema}"' for schema in covered.excluded),
    ]


def run(
    command: list[str], settings: Backup, draft: Draft, environment: Mapping[str, str], on_growth: Callable[[], None]
) -> tuple[str, ...]:
    """Write the dump into the draft; the warnings that pg_dump gave.

    `on_growth` is called twice each second at least. Raises BackupFailed when pg_dump does not end well.
    """
    # A file is written through the descriptor that made it, so that nobody can slip another file under the name. The
    # descriptor of a folder is inherited too: it keeps the draft locked for as long as pg_dump lives.
    output, inherited = draft.descriptor, (draft.descriptor,)
    if settings.format is BackupFormat.DIRECTORY:
        output = subprocess.DEVNULL
        command = [*command, f"--file={draft.path}", f"--jobs={settings.jobs}"]
    with tempfile.TemporaryFile() as said:
        with running(command, stdout=output, stderr=said, environment=environment, inherited=inherited) as process:
            while not _ended(process):
                on_growth()
        words = words_of(said)
    if failure := ending(process, words):
        raise BackupFailed(
            "pg_dump could not take the backup; what it wrote was removed",
            why=failure,
            remedy="see to what pg_dump says, then try again: migsafe backup",
        )
    return tuple(line for line in words.splitlines() if line.strip())


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_PROGRESS_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _compress(compression: Compression, major: int) -> str:
    match compression:
        case Compression.NONE:
            return "0"
        case Compression.GZIP:
            return "gzip" if major >= _METHODS_SINCE else "6"
        case Compression.ZSTD:
            return "zstd"
        case _:
            assert_never(compression)
