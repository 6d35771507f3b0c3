"""The server as our child process: started, waited for, stopped."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.executor.server.cluster import Durability, ensure_cluster, last_words
from migsafe.executor.server.copies import usable_by
from migsafe.executor.server.filelock import poll
from migsafe.executor.server.home import PORT, Home, socket_folder
from migsafe.executor.server.postmaster import end_orphan, read_status, spawn, stop
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping
    from pathlib import Path

    from migsafe.executor.server.account import Account
    from migsafe.executor.server.binaries import Installation

_START_SECONDS = 120
_LARGEST_LOG = 4_000_000

_ALWAYS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "cluster_name": "migsafe",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
}


@dataclass(frozen=True, slots=True)
class Child:
    """A server that is our child."""

    process: subprocess.Popen[bytes]
    socket_dir: Path
    farewell: signal.Signals

    def stop(self) -> None:
        """End it and wait until it is gone; a second call does nothing."""
        stop(self.process, self.farewell)
        # The folder may lie in /tmp; it is made anew at the next start.
        with suppress(OSError):
            self.socket_dir.rmdir()


def start(
    home: Home, account: Account, installation: Installation, durability: Durability, settings: Mapping[str, str]
) -> Child:
    """Start the server of `home` and wait until it takes connections. The caller holds the lock for starting.

    What a killed process left behind is cleared away first. Raises Problem with the last lines of the log.
    """
    runnable = usable_by(account, installation)
    end_orphan(home.data)
    ensure_cluster(home, runnable, account, durability)
    _shorten(home.log)
    before = home.log.stat().st_size if home.log.exists() else 0
    sockets = socket_folder(home, account)
    farewell = signal.SIGINT if durability is Durability.KEPT else signal.SIGQUIT
    command = [os.fspath(runnable.program("postgres")), "-D", os.fspath(home.data)]
    for name, value in _settings(sockets, durability, settings).items():
        command += ["-c", f"{name}={value}"]
    process = spawn(command, home.log, account, farewell)
    child = Child(process, sockets, farewell)
    try:
        _await(child, home, before)
    except BaseException:
        child.stop()
        raise
    return child


def _settings(sockets: Path, durability: Durability, asked: Mapping[str, str]) -> dict[str, str]:
    quoted = '"' + os.fspath(sockets).replace('"', '""') + '"'
    lesser = _THROWAWAY if durability is Durability.THROWAWAY else {}
    return {**_ALWAYS, **lesser, **asked, "unix_socket_directories": quoted}


def _await(child: Child, home: Home, log_start: int) -> None:
    def outcome() -> bool | None:
        if child.process.poll() is not None:
            return False
        status = read_status(home.data)
        ready = status is not None and status.pid == child.process.pid and status.state == "ready"
        return True if ready else None

    if poll(outcome, _START_SECONDS):
        return
    with home.log.open("rb") as log:
        log.seek(log_start)
        words = last_words(log.read().decode("utf-8", "replace"))
    code = child.process.poll()
    ended = f"it ended with {code}" if code is not None else f"it was not ready after {_START_SECONDS} s"
    raise Problem(
        "the embedded PostgreSQL did not start",
        why=f"{ended}; its log says: {words}",
        remedy=f"read {home.log}, and see that its disk has room and is writable",
    )


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.old"))
