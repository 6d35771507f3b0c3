"""The server as our child process: started, waited for, stopped."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.cluster import Durability, NotUsable, ensure_cluster, last_words, room_left
from migsafe.executor.server.copies import usable_by
from migsafe.executor.server.filelock import poll
from migsafe.executor.server.home import PORT, Home, socket_folder
from migsafe.executor.server.postmaster import end_orphan, read_pid, read_status, spawn, stop

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from migsafe.executor.server.account import Account
    from migsafe.executor.server.binaries import Installation
    from migsafe.executor.server.seclusion import Network

_START_SECONDS = 120
_BACKENDS_SECONDS = 10
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

    def is_ready(self, home: Home) -> bool | None:
        """Whether it takes connections; False when it has ended, None while it starts."""
        if self.process.poll() is not None:
            return False
        status = read_status(home.data)
        ready = status is not None and status.pid == self.process.pid and status.state == "ready"
        return True if ready else None

    def stop(self) -> None:
        """End it and wait until it is gone; a second call does nothing."""
        stop(self.process, self.farewell)
        # The folder may lie in /tmp; it is made anew at the next start.
        with suppress(OSError):
            self.socket_dir.rmdir()


def start(
    home: Home,
    account: Account,
    installation: Installation,
    durability: Durability,
    settings: Mapping[str, str],
    network: Network,
) -> Child:
    """Start the server of `home` and wait until it takes connections. The caller holds the lock for starting.

    What a killed process left behind is cleared away first. Raises Problem with the last lines of the log.
    """
    runnable = usable_by(account, installation)
    end_orphan(home.data)
    ensure_cluster(home, runnable, account, durability)
    _shorten(home.log)
    launch = _Launch(home, account, runnable, durability, settings, network)
    # Backends can outlive a postmaster that was killed, and PostgreSQL rightly refuses to start beside them.
    killed_before = read_pid(home.data) is not None
    log_start = home.log.stat().st_size if home.log.exists() else 0
    child = poll(launch.attempt, _BACKENDS_SECONDS if killed_before else 0)
    if child is None:
        raise _no_start(home, log_start)
    return child


@dataclass(frozen=True, slots=True)
class _Launch:
    home: Home
    account: Account
    installation: Installation
    durability: Durability
    settings: Mapping[str, str]
    network: Network

    def attempt(self) -> Child | None:
        """Start the server and wait until it is ready; None when it ended instead."""
        sockets = socket_folder(self.home, self.account)
        farewell = signal.SIGINT if self.durability is Durability.KEPT else signal.SIGQUIT
        command = [os.fspath(self.installation.program("postgres")), "-D", os.fspath(self.home.data)]
        for name, value in _settings(sockets, self.durability, self.settings).items():
            command += ["-c", f"{name}={value}"]
        child = Child(spawn(command, self.home.log, self.account, farewell, self.network), sockets, farewell)
        _load_client()
        try:
            ready = poll(lambda: child.is_ready(self.home), _START_SECONDS)
        except BaseException:
            child.stop()
            raise
        if not ready:
            child.stop()
        return child if ready else None


def _load_client() -> None:
    """Import what connects to the server while it starts: that takes as long, and comes next in any case."""
    import psycopg  # noqa: F401, PLC0415 - as said


def _settings(sockets: Path, durability: Durability, asked: Mapping[str, str]) -> dict[str, str]:
    quoted = '"' + os.fspath(sockets).replace('"', '""') + '"'
    lesser = _THROWAWAY if durability is Durability.THROWAWAY else {}
    # Containers may come without POSIX shared memory, also after initdb found it and wrote that down.
    has_shm = Path("/dev/shm").is_dir() or os.uname().sysname != "Linux"  # noqa: S108 - no temporary file
    without_shm = {} if has_shm else {"dynamic_shared_memory_type": "mmap"}
    return {**_ALWAYS, **without_shm, **lesser, **asked, "unix_socket_directories": quoted}


def _no_start(home: Home, log_start: int) -> NotUsable:
    with home.log.open("rb") as log:
        log.seek(log_start)
        words = last_words(log.read().decode("utf-8", "replace"))
    return NotUsable(
        "the embedded PostgreSQL did not start",
        why=f"its log says: {words}{room_left(home.folder)}",
        remedy=f"read {home.log}, and see that the disk and shared memory (df /dev/shm) have room",
    )


def _shorten(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LARGEST_LOG:
        log.replace(log.with_suffix(".log.old"))
