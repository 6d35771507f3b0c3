"""Reading a file that somebody else named, without being held up, flooded or led elsewhere by it."""

from __future__ import annotations

import os
import stat

from migsafe.schemas.problem import Place, Problem, Refusal

# Opening a FIFO for reading would wait for a writer; O_NONBLOCK returns at once and means nothing to a regular file.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def read_regular(path: str, shown: str, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; `shown` is how messages call it.

    `path` must have its symlinks resolved: a symlink is refused here. Raises Refusal for what is no regular file
    or too large, Problem for what the system does not let us read.
    """
    try:
        descriptor = os.open(path, _FLAGS | os.O_NOFOLLOW)
        try:
            return _content(descriptor, shown, limit)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Problem(
            f"cannot read {shown}",
            why=error.strerror or type(error).__name__,
            remedy=f"make it readable: ls -l {shown}",
            place=Place(shown),
        ) from error


def _content(descriptor: int, shown: str, limit: int) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise not_a_file(shown, status.st_mode)
    if status.st_size > limit:
        raise _too_large(shown, status.st_size, limit)
    # Special file systems say size 0 for files that have content; the extra byte also finds the end in one read.
    expected = status.st_size or limit
    content = os.read(descriptor, expected + 1)
    while len(content) <= limit and (more := os.read(descriptor, 1 << 16)):
        content += more
    if len(content) > limit:
        raise _too_large(shown, len(content), limit)
    return content


def _too_large(shown: str, size: int, limit: int) -> Refusal:
    return Refusal(
        f"{shown} is too large",
        why=f"it has {size} bytes, the limit is {limit}",
        remedy="make sure that it is the file you mean, and split it if it is",
        place=Place(shown),
    )


def not_a_file(shown: str, mode: int) -> Refusal:
    """What is said of something that is there but is no regular file."""
    kinds = ((stat.S_ISDIR, "a directory"), (stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"))
    kind = next((word for test, word in kinds if test(mode)), "a device")
    return Refusal(
        f"{shown} is not a file",
        why=f"it is {kind}, and only regular files are read",
        remedy=f"put a file there, or rename it: ls -l {shown}",
        place=Place(shown),
    )
