"""How fast migsafe starts, and applies beside one psql session that runs the same files on a server of its own."""

from __future__ import annotations

import json
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING

from migsafe.executor.server.binaries import find_client
from migsafe.executor.server.local import local_database
from migsafe.schemas.platform import Platform
from projects import ENVIRONMENT, MIGSAFE, Figure, best, migsafe, project, simple, timed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNREHEARSED = "rehearsal: {enabled: false}\n"


def started(base: Path) -> Iterator[Figure]:
    """Seconds until the shortest commands are done."""
    root = project(base / "one", 1, simple, _UNREHEARSED)
    yield Figure("migsafe --help, s", best(5, partial(migsafe, root, "--help")), 0.2)
    migsafe(root, "status")
    yield Figure("migsafe status with the embedded server, s", best(3, partial(migsafe, root, "status")))
    ENVIRONMENT["MIGSAFE_NO_CACHE"] = "1"
    yield Figure("migsafe validate, 1 file, s", best(3, partial(migsafe, root, "validate")))
    many = project(base / "many", 1_000, simple, _UNREHEARSED)
    yield Figure("migsafe validate, 1,000 simple files, s", best(3, partial(migsafe, many, "validate")), 1.5)
    del ENVIRONMENT["MIGSAFE_NO_CACHE"]


def applied(base: Path, count: int, rounds: int) -> Iterator[Figure]:
    """Apply as a process, its run alone, and psql, in turn: the best of some rounds, each on servers of their own."""
    planned, whole, inside, plain = [], [], [], []
    for number in range(rounds):
        root = project(base / f"apply-{number}", count, simple, _UNREHEARSED)
        planned.append(migsafe(root, "plan", "-o", "plan.json"))
        seconds, of_run = _apply(root)
        whole.append(seconds)
        inside.append(of_run)
        plain.append(_psql(root))
    per_file = 1000 / count
    yield Figure(f"migsafe plan of {count} files, --no-rehearsal, s", min(planned))
    yield Figure("psql, one session, ms a migration", per_file * min(plain))
    yield Figure("migsafe apply, its run, ms a migration above psql", per_file * (min(inside) - min(plain)), 3.0)
    yield Figure("migsafe apply, whole process, the same", per_file * (min(whole) - min(plain)))
    yield Figure("migsafe apply, whole process, times psql", min(whole) / min(plain))


def _apply(root: Path) -> tuple[float, float]:
    """Seconds of the process, and of its run from gate to report."""
    began = time.perf_counter()
    command = [MIGSAFE, "apply", "plan.json", "--yes", "--json"]
    done = subprocess.run(command, cwd=root, env=ENVIRONMENT, capture_output=True, check=True)
    return time.perf_counter() - began, float(json.loads(done.stdout)["seconds"])


def _psql(root: Path) -> float:
    with local_database(root, Platform.POSTGRES, "by_psql") as url:
        return psql_session(url, root)


def psql_session(url: str, root: Path) -> float:
    """Seconds for all files in one psql session, each in a transaction of its own."""
    script = root / "all.sql"
    files = sorted((root / "migrations").glob("*.sql"))
    script.write_text("".join(f"BEGIN;\n\\i {path}\nCOMMIT;\n" for path in files))
    return timed([*_psql_command(url), f"--file={script}"], root)


def psql_processes(url: str, root: Path) -> float:
    """Seconds for all files, each in a psql process of its own, as scripts do."""
    files = sorted((root / "migrations").glob("*.sql"))
    return sum(timed([*_psql_command(url), "--single-transaction", f"--file={path}"], root) for path in files)


def _psql_command(url: str) -> list[str]:
    program = str(find_client("psql", 17).program("psql"))
    return [program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={url}"]
