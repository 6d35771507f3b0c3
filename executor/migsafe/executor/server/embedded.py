"""A PostgreSQL of our own: started when first needed, shared by those who come while it runs."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from migsafe.executor.server.account import server_account
from migsafe.executor.server.binaries import Installation, find_server
from migsafe.executor.server.child import Child, start
from migsafe.executor.server.cluster import SUPERUSER, Durability, major_of
from migsafe.executor.server.filelock import FileLock, poll, try_exclusive, try_shared
from migsafe.executor.server.home import Home, disk_explained, settle, throw_away
from migsafe.executor.server.postmaster import read_status
from migsafe.executor.server.seclusion import Network, is_closed
from migsafe.schemas.problem import Locked, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_TURN_SECONDS = 180
_OTHERS_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Server:
    """A running server that only its account and root can reach, through a socket in a private folder."""

    socket_dir: Path
    port: int
    user: str
    installation: Installation
    network_closed: bool = False
    """Whether its processes reach no network."""

    def as_role(self, user: str) -> Server:
        """The same server, to be connected to as another role."""
        return replace(self, user=user)

    def url(self, database: str) -> str:
        """The address of one of its databases, for psycopg and the client programs."""
        host, user = (quote(os.fsencode(part), safe="") for part in (self.socket_dir, self.user))
        # The empty hostaddr wins over PGHOSTADDR, which alone would lead to another server.
        return f"postgresql:///{quote(database, safe='')}?host={host}&port={self.port}&user={user}&hostaddr="


def _silent(message: str) -> None:
    """Where messages go that nobody asked for."""


@contextmanager
def embedded(
    state_dir: Path,
    *,
    on_message: Callable[[str], None] = _silent,
    durability: Durability = Durability.KEPT,
    installation: Installation | None = None,
    settings: Mapping[str, str] | None = None,
    network: Network = Network.SHARED,
) -> Iterator[Server]:
    """The server of `state_dir` (normally `.migsafe`), running for as long as the block.

    The first process starts it, those that come meanwhile join; the first waits at its end until they have left.
    Without `installation` the one that fits the data is looked for. `settings` are server settings for a start, and
    `network` is what it gets then.
    Call it from a thread that outlives the block: the server ends with that thread. Raises Problem.
    """
    state_dir = state_dir.absolute()
    with ExitStack() as held:
        with disk_explained(state_dir):
            account = server_account()
            home = settle(state_dir, account)
            with _turn(home):
                wanted = installation or _fitting(home)
                if (owner := try_exclusive(home.owner)) is None:
                    held.enter_context(_join(home))
                else:
                    held.enter_context(owner)
                    if durability is Durability.THROWAWAY:
                        throw_away(home)
                    child = start(home, account, wanted, durability, settings or {}, network)
                    held.callback(_leave, home, child, on_message)
                server = _server(home, wanted)
        yield server


def _fitting(home: Home) -> Installation:
    """What opens the data that is there: the one that all users get if it can, else any of its major."""
    made_by = major_of(home.data)
    usual = find_server()
    return usual if made_by in {None, usual.major} else find_server(made_by)


def _turn(home: Home) -> FileLock:
    """The lock that starting, joining and stopping take in turn."""
    if (lock := poll(lambda: try_exclusive(home.starting), _TURN_SECONDS)) is None:
        raise Locked(
            f"another process has been starting or stopping the server in {home.folder} for {_TURN_SECONDS} s",
            why=f"it holds the lock {home.starting}",
            remedy=f"see which one it is: fuser '{home.starting}'",
        )
    return lock


def _join(home: Home) -> FileLock:
    if (seat := try_shared(home.users)) is None:
        raise Problem(f"{home.users} is locked by a stranger", remedy=f"see who it is: fuser '{home.users}'")
    return seat


def _server(home: Home, installation: Installation) -> Server:
    status = read_status(home.data)
    if status is None:
        raise Problem(
            f"the server in {home.folder} is gone, though the process that started it still runs",
            why=f"its last words are in {home.log}",
            remedy=f"end the other migsafe process, then try again: fuser '{home.owner}'",
        )
    return Server(status.socket_dir, status.port, SUPERUSER, installation, is_closed(status.pid))


def _leave(home: Home, child: Child, on_message: Callable[[str], None]) -> None:
    """Stop the server once nobody else uses it, or after ten minutes of asking."""
    try:
        if not _stopped_alone(home, child):
            on_message("Another migsafe process still uses the embedded server; it is stopped when that one ends.")
            poll(lambda: _stopped_alone(home, child) or None, _OTHERS_SECONDS)
    finally:
        child.stop()


def _stopped_alone(home: Home, child: Child) -> bool:
    with _turn(home):
        users = try_exclusive(home.users)
        if users is None:
            return False
        with users:
            child.stop()
        return True
