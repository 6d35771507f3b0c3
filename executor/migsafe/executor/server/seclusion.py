"""A server without a network: on Linux it is started in a network namespace of its own, which leads nowhere."""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.account import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migsafe.executor.server.account import Account

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
_MOST_MEMORY = 2 * 1024**3

_UNCHANGED = Identity(user=None, group=None, extra_groups=None)


class Network(Enum):
    """Which network a server of ours has."""

    SHARED = "shared"
    """The machine's, although it listens on a Unix socket only."""
    NONE = "none"
    """None, where the system lets us; and no more than 2 GiB of address space for each of its processes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to become the server's process: what subprocess does, and what is done just before the program runs."""

    identity: Identity
    act: Callable[[], None]
    """Raises OSError where the system refuses."""


def entries(account: Account, network: Network) -> Iterator[Entry]:
    """The ways to start a process of `account`, the most secluded first; the last one always works.

    Root closes the network and drops to the account then. An ordinary user owns the namespace by way of a user
    namespace of its own, in which it has its own number only; what it may there is lost when the program begins.
    """
    if network is Network.SHARED or sys.platform != "linux":
        yield Entry(account.identity, lambda: None)
        return
    if account.dropped:
        yield Entry(_UNCHANGED, lambda: _enter_as_root(account))
    yield Entry(account.identity, lambda: _enter_as_user(account))
    yield Entry(account.identity, _limit_memory)


def can_be_closed(account: Account) -> bool:
    """Whether this system lets a process of `account` be started without a network. Tried, not guessed."""
    for entry in list(entries(account, Network.NONE))[:-1]:
        try:
            subprocess.run(["/bin/sh", "-c", ":"], cwd="/", check=True, preexec_fn=entry.act, **entry.identity)
        except (OSError, subprocess.SubprocessError):
            continue
        return True
    return False


def is_closed(pid: int) -> bool:
    """Whether the process has another network than we; False where the system does not tell."""
    try:
        theirs, ours = (Path(f"/proc/{whose}/ns/net").stat() for whose in (pid, "self"))
    except OSError:
        return False
    return theirs.st_ino != ours.st_ino


def _enter_as_root(account: Account) -> None:
    _unshare(_CLONE_NEWNET)
    _raise_loopback()
    _limit_memory()
    os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)


def _enter_as_user(account: Account) -> None:
    _unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    for name, text in (
        ("setgroups", "deny"),
        ("gid_map", f"{account.gid} {account.gid} 1"),
        ("uid_map", f"{account.uid} {account.uid} 1"),
    ):
        descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(descriptor, text.encode())
        os.close(descriptor)
    _raise_loopback()
    _limit_memory()


def _unshare(flags: int) -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _raise_loopback() -> None:
    """PostgreSQL 13 and 14 send their statistics to themselves by UDP. Nothing else is there to be reached."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", _IFF_UP))


def _limit_memory() -> None:
    """An error of one statement instead of a machine that has no memory left."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = _MOST_MEMORY if hard == resource.RLIM_INFINITY else min(_MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
