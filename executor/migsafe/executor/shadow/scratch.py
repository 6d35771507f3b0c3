"""The scratch server of a project: kept between rehearsals, used by one of them at a time."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.account import server_account
from migsafe.executor.server.binaries import BinariesMissing, Installation, find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.filelock import poll, try_exclusive
from migsafe.executor.server.home import disk_explained, own_folder, settle
from migsafe.executor.server.local import STATE_FOLDER, equipped
from migsafe.executor.server.postmaster import read_pid
from migsafe.executor.server.seclusion import Network
from migsafe.executor.shadow.database import session
from migsafe.executor.shadow.failed import cleared_where_damaged
from migsafe.schemas.problem import Locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg.sql import Composed

    from migsafe.executor.server.filelock import FileLock

NEWER_TRIED = 6
_TURN_SECONDS = 900
_MAINTENANCE = "migsafe_scratch"
"""Where databases are made and dropped from. Not `postgres`: a shadow has its target's name, which may be that."""

_GRANTS_NEED_ADMIN_SINCE = 16
_CLOSED = """
UPDATE pg_catalog.pg_authid SET rolsuper = true
WHERE rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files') AND NOT rolsuper
"""

# The publications and replication slots of platforms want logical decoding. Nothing may lock or count beside us.
# No statement fills the disk with temporary files.
_SETTINGS = {
    "wal_level": "logical",
    "autovacuum": "off",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "1h",
    "temp_file_limit": "1GB",
}


@dataclass(frozen=True, slots=True)
class Scratch:
    """A running scratch server that nobody else uses meanwhile."""

    server: Server
    folder: Path
    """Where notes about its databases are kept."""

    def execute(self, statement: Composed) -> None:
        """Run one statement as superuser, outside of a transaction and of any shadow."""
        with session(self.server.url(_MAINTENANCE)) as connection:
            connection.execute(statement)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """What a query about the whole server returns."""
        with session(self.server.url(_MAINTENANCE)) as connection:
            return connection.execute(query.encode()).fetchall()


@contextmanager
def scratch_server(
    root: Path, major: int | None, on_message: Callable[[str], None] = lambda _: None
) -> Iterator[Scratch]:
    """The scratch server under `root`/.migsafe/shadow, of `major` or of the nearest newer, for as long as the block.

    It listens on a private Unix socket only, and has no network where the system lets us. Other rehearsals of the
    same project wait for their turn. What is kept there and cannot be used is removed. Raises BinariesMissing, Locked,
    Damaged, ScratchFailed and Problem.
    """
    state_dir = root / STATE_FOLDER
    installation = equipped(state_dir, None if major is None else nearest(major))
    folder = own_folder(own_folder(state_dir / "shadow") / str(installation.major))
    with (
        _turn(folder, on_message),
        cleared_where_damaged(_sound(folder)),
        embedded(
            folder,
            on_message=on_message,
            durability=Durability.THROWAWAY,
            installation=installation,
            settings=_SETTINGS,
            network=Network.NONE,
        ) as server,
    ):
        (folder / "booted").write_text(_boot(), encoding="ascii")
        _prepare(server)
        _close_grants(server)
        yield Scratch(server, folder)


def nearest(major: int) -> Installation | None:
    """The installation of a server of `major`, or of the nearest newer. None: the usual one is of that major.

    Raises BinariesMissing.
    """
    with suppress(BinariesMissing):
        if find_server().major == major:
            return None
    for candidate in range(major, major + NEWER_TRIED):
        with suppress(BinariesMissing):
            return find_server(candidate)
    return find_server(major)


def _turn(folder: Path, on_message: Callable[[str], None]) -> FileLock:
    lock = folder / "rehearsal.lock"
    if (held := try_exclusive(lock)) is not None:
        return held
    on_message("Another migsafe rehearses in this project; waiting for it to end.")
    if (held := poll(lambda: try_exclusive(lock), _TURN_SECONDS)) is None:
        raise Locked(
            f"another rehearsal has been going on in {folder} for {_TURN_SECONDS // 60} minutes",
            why=f"it holds the lock {lock}",
            remedy=f"see which process it is: fuser '{lock}'; or go without: --no-rehearsal",
        )
    return held


def _sound(folder: Path) -> Path:
    """The place of the data, cleared where the machine went down: without fsync nothing says how much was kept."""
    with disk_explained(folder):
        data = settle(folder, server_account()).data
    try:
        booted = (folder / "booted").read_text(encoding="ascii")
    except OSError:
        return data
    if booted != _boot() and read_pid(data) is not None:
        shutil.rmtree(data)
    return data


def _boot() -> str:
    """What differs from one start of the machine to the next; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        return ""


def _prepare(server: Server) -> None:
    import psycopg  # noqa: PLC0415 - slow to import

    try:
        with session(server.url(_MAINTENANCE)):
            return
    except psycopg.OperationalError:  # the first start; a server that takes no connections says so again below
        with session(server.url("template1")) as connection:
            connection.execute(f"CREATE DATABASE {_MAINTENANCE} TEMPLATE template0")
    with session(server.url(_MAINTENANCE)) as connection:
        connection.execute("DROP DATABASE IF EXISTS postgres WITH (FORCE)")


def _close_grants(server: Server) -> None:
    """Let no role with CREATEROLE grant itself programs and files of the machine, as it could before PostgreSQL 16.

    Who may grant a role that is a superuser is asked for more: to be one. These have no login and nobody in them.
    """
    if server.installation.major < _GRANTS_NEED_ADMIN_SINCE:
        with session(server.url(_MAINTENANCE)) as connection:
            connection.execute(_CLOSED.encode())
