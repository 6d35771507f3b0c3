"""The server process: its status file, its start as our child, and its end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.filelock import poll
from migsafe.executor.server.seclusion import Network, entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.executor.server.account import Account
    from migsafe.executor.server.seclusion import Entry

_PR_SET_PDEATHSIG = 1
_STATUS_LINES = 8
_NO_PROCESS = 2**31 - 2  # above the largest process number of Linux (2^22) and of the BSDs


@dataclass(frozen=True, slots=True)
class Status:
    """What `postmaster.pid` says (src/include/utils/pidfile.h; the state is there since PostgreSQL 10)."""

    pid: int
    port: int
    socket_dir: Path
    state: str
    """`starting`, `ready`, `stopping` or `standby`."""


def read_status(data: Path) -> Status | None:
    """The status of the server on `data`, or None when none has (fully) written one."""
    lines = _pid_file(data)
    if len(lines) < _STATUS_LINES:
        return None
    return Status(abs(int(lines[0])), int(lines[3]), Path(lines[4]), lines[7].strip())


def read_pid(data: Path) -> int | None:
    """The process that the data directory is locked by, alive or not; None when it is free."""
    lines = _pid_file(data)
    return abs(int(lines[0])) if lines and lines[0].removeprefix("-").isdigit() else None


def runs_on(pid: int, data: Path) -> bool:
    """Whether the process `pid` is a postmaster on `data`, and not a stranger that got the number later."""
    command = _command_of(pid)
    return b"postgres" in command and os.fsencode(data) in command


def spawn(
    command: list[str], log: Path, account: Account, farewell: signal.Signals, network: Network = Network.SHARED
) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own: a Ctrl-C at the terminal is for migsafe alone to act on.

    On Linux the kernel sends it `farewell` when the thread that called this ends, however it ends. Without a network
    it is started where the system lets us, else with the machine's: `seclusion.is_closed` tells.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(log, flags, 0o600)
    *secluded, plain = entries(account, network)
    try:
        for entry in secluded:
            with suppress(subprocess.SubprocessError):  # what is done before the program begins was refused
                return _started(command, descriptor, farewell, entry)
        return _started(command, descriptor, farewell, plain)
    finally:
        os.close(descriptor)


def _started(command: list[str], log: int, farewell: signal.Signals, entry: Entry) -> subprocess.Popen[bytes]:
    dying = dies_with_parent(farewell)

    def become() -> None:
        entry.act()
        # The last thing: a change of account clears the wish.
        if dying is not None:
            dying()

    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        env=environment(),
        umask=0o077,
        start_new_session=True,
        preexec_fn=become,  # noqa: PLW1509 - a few system calls, prepared before the fork
        **entry.identity,
    )


def environment() -> dict[str, str]:
    """The environment of the programs of a server: nothing of the caller's PG*, HOME or locale reaches it."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "ICU_DATA") if name in os.environ}
    return {**kept, "LC_ALL": "C", "HOME": "/nonexistent", "TZ": "UTC"}


def stop(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    """End our child: `first`, then harder, until it is gone."""
    for patience, way in ((30, first), (10, signal.SIGQUIT), (10, signal.SIGKILL)):
        if process.poll() is None:
            process.send_signal(way)
        # Popen.wait with a limit looks every 50 ms only, which is as long as most servers take to end.
        if poll(lambda: process.poll() is not None or None, patience):
            return


def end_orphan(data: Path) -> None:
    """End a server on `data` whose owner died. It is asked first, then made to; the next start recovers either way.

    A process that got the number of a dead server later is left alone.
    """
    for patience, way in ((30, signal.SIGINT), (10, signal.SIGQUIT), (10, signal.SIGKILL)):
        pid = read_pid(data)
        if pid is None:
            return
        if not runs_on(pid, data):
            _disown(data)
            return
        with suppress(ProcessLookupError):
            os.kill(pid, way)
        poll(_gone(pid, data), patience)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except FileNotFoundError:
        return []


def _disown(data: Path) -> None:
    """Write a number into `postmaster.pid` that no process has.

    PostgreSQL would not start while a stranger of the same account has the number of the dead server. Removing the
    file would end that, but also its other guard: the key by which it sees backends that outlive their postmaster.
    """
    path = data / "postmaster.pid"
    lines = _pid_file(data)
    descriptor = os.open(path, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write("\n".join([str(_NO_PROCESS), *lines[1:], ""]))


def _gone(pid: int, data: Path) -> Callable[[], bool | None]:
    return lambda: True if not runs_on(pid, data) else None


def _command_of(pid: int) -> bytes:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return b""
    command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout


def dies_with_parent(farewell: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` after which Linux sends the child `farewell` when the thread that started it ends."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_kernel() -> None:
        # CPython calls this after a change of account, which would have cleared the wish.
        prctl(_PR_SET_PDEATHSIG, farewell)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
