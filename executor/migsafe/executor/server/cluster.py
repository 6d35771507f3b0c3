"""The data directory: made once, by initdb, whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.postmaster import environment
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from migsafe.executor.server.account import Account
    from migsafe.executor.server.binaries import Installation
    from migsafe.executor.server.home import Home

# Not `postgres`: on hosted platforms that is an ordinary role, which migrations run as; so it is here.
SUPERUSER = "supabase_admin"
_BUILTIN_LOCALES = 17  # the first major with a locale provider of its own, equal on every machine


# An empty data directory is 40 MB, and a start writes a WAL segment of 16 MB.
_ROOM_NEEDED = 64_000_000


class NotUsable(Problem):
    """A server does not start on its data directory."""


class Durability(Enum):
    """What a server promises of its data."""

    KEPT = "kept"
    """As PostgreSQL does by default: what was committed survives a power cut."""
    THROWAWAY = "throwaway"
    """Nothing, for speed: a shadow or a test is made anew after a crash."""


def major_of(data: Path) -> int | None:
    """The major version that made the data directory, or None when there is none yet. Raises NotUsable."""
    try:
        said = (data / "PG_VERSION").read_bytes()
    except FileNotFoundError:
        return None
    major = said.split(b".")[0].strip()
    if not major.isdigit():
        raise NotUsable(
            f"{data} is damaged: PG_VERSION names no version",
            why=f"it begins with {said[:20]!r}",
            remedy=f"move {data} away to begin with an empty server",
        )
    return int(major)


def ensure_cluster(home: Home, installation: Installation, account: Account, durability: Durability) -> None:
    """Make the data directory unless it is there. Raises Problem when it does not fit, or initdb fails."""
    made_by = major_of(home.data)
    if made_by is None:
        _initdb(home, installation, account, durability)
    elif made_by != installation.major:
        raise NotUsable(
            f"{home.data} was made by PostgreSQL {made_by} and cannot be opened by {installation}",
            why="a data directory belongs to one major version",
            remedy=f"install PostgreSQL {made_by}, or move {home.data} away to begin with an empty server",
        )
    elif (owner := home.data.stat().st_uid) != account.uid:
        raise Problem(
            f"{home.data} belongs to another account",
            why=f"its owner is number {owner}, and the server would run as {account.name} ({account.uid})",
            remedy="run migsafe as the user who ran it first here",
        )


def _initdb(home: Home, installation: Installation, account: Account, durability: Durability) -> None:
    # The finished directory gets its name by one rename. A draft that a killed run left has another name than ours,
    # because its initdb may be at work still.
    for leftover in home.folder.glob("data.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=home.folder))
    account.own(draft)
    command = [
        os.fspath(installation.program("initdb")),
        *("-D", os.fspath(draft)),
        *("--username", SUPERUSER),
        *("--encoding", "UTF8"),
        *_locale(installation.major),
        # Nobody but us gets to the socket: its folder is 0700, and there is no other way in.
        *("--auth", "trust"),
        *(("--no-sync",) if durability is Durability.THROWAWAY else ()),
    ]
    run = subprocess.run(
        command, cwd="/", env=environment(), capture_output=True, check=False, umask=0o077, **account.identity
    )
    if run.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        raise Problem(
            "initdb could not make the data directory of the embedded PostgreSQL",
            why=last_words(run.stderr.decode("utf-8", "replace")) + room_left(home.folder),
            remedy=f"see that the disk of {home.folder} and shared memory (df /dev/shm) have room, then try again",
        )
    draft.rename(home.data)


def _locale(major: int) -> tuple[str, ...]:
    if major >= _BUILTIN_LOCALES:
        return ("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8")
    return ("--locale", "C")


def room_left(folder: Path) -> str:
    """A clause on the disk of `folder` when it is too full for PostgreSQL to start on, else nothing."""
    free = shutil.disk_usage(folder).free
    return f"; only {free // 1_000_000} MB are free on its disk" if free < _ROOM_NEEDED else ""


def last_words(text: str) -> str:
    """The last lines that a program said, joined for a message."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "; ".join(lines[-5:]) or "it said nothing"
