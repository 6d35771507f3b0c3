"""The client programs of PostgreSQL, run as children that never outlive us."""

from __future__ import annotations

import signal
import subprocess
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, TypeAlias

from migsafe.executor.server.binaries import BinariesMissing, Installation, find_client
from migsafe.executor.server.cluster import last_words
from migsafe.executor.server.postmaster import dies_with_parent, stop
from migsafe.schemas.problem import BackupFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Target: TypeAlias = int | IO[bytes]

_LONGEST_SAID = 200_000


def client(program: str, at_least: int) -> Installation:
    """The installation whose `program` suits major `at_least`. Raises BackupFailed."""
    try:
        return find_client(program, at_least)
    except BinariesMissing as missing:
        raise BackupFailed(missing.what, why=missing.why, remedy=missing.remedy) from missing


@contextmanager
def running(
    command: list[str],
    *,
    stdin: int = subprocess.DEVNULL,
    stdout: Target,
    stderr: Target,
    environment: Mapping[str, str],
    inherited: tuple[int, ...] = (),
) -> Iterator[subprocess.Popen[bytes]]:
    """A child, run as the caller; at the end of the block it is gone, asked first and then made to.

    What it creates is 0600. A session of its own leaves Ctrl-C to us.
    """
    process = subprocess.Popen(
        command,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=environment,
        pass_fds=inherited,
        umask=0o077,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - two system calls, prepared before the fork
    )
    try:
        yield process
    finally:
        if process.stdout is not None:
            process.stdout.close()
        stop(process, signal.SIGTERM)


def words_of(said: IO[bytes]) -> str:
    """What a program wrote to a file that is still open, from the start, as text."""
    said.seek(0)
    return said.read(_LONGEST_SAID).decode("utf-8", "replace")


def ending(process: subprocess.Popen[bytes], said: str) -> str:
    """How a finished program failed and its last words; empty when it succeeded."""
    match process.returncode:
        case 0:
            return ""
        case code if code < 0:
            return f"it was killed by {signal.Signals(-code).name}: {last_words(said)}"
        case code:
            return f"it ended with {code}: {last_words(said)}"
