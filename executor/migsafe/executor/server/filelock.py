"""Locks between processes of one machine, which the kernel gives back when their holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

Answer = TypeVar("Answer")

_FIRST_PAUSE = 0.005
_LONGEST_PAUSE = 0.5
_GROWTH = 1.1
"""Of the pause: what has come is noticed after a tenth more of the time that it took, and long waits cost little."""


class FileLock:
    """A held flock on a file; `release` or leaving the `with` block gives it back."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def try_exclusive(path: Path) -> FileLock | None:
    """The lock on `path` (created when missing, 0600) for us alone, or None while anybody else holds it."""
    return _try(path, fcntl.LOCK_EX)


def try_shared(path: Path) -> FileLock | None:
    """The lock on `path` together with others who share it, or None while somebody holds it alone."""
    return _try(path, fcntl.LOCK_SH)


def poll(ask: Callable[[], Answer | None], seconds: float) -> Answer | None:
    """Ask until there is an answer, in growing pauses; None when there was none within `seconds`."""
    deadline = time.monotonic() + seconds
    pause = _FIRST_PAUSE
    while (answer := ask()) is None and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
    return answer


def _try(path: Path, operation: int) -> FileLock | None:
    # O_NOFOLLOW: root may hold locks in a folder that others can write to.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return FileLock(descriptor)
