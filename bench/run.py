"""Measures start-up, validate and apply; apply against one psql session that runs the same files, in this same run.

    python bench/run.py [--quick] [--json FILE]

Prints a table with the goal of each line. Times are the best of some tries, because everything else only adds to them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.server.binaries import find_client
from migsafe.executor.server.local import local_database
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

MIGSAFE = str(Path(sys.executable).with_name("migsafe"))
# As users run it: with the bytecode of the first run at hand, whatever this shell says.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
MANIFEST = """\
version: 1
project: bench
platform: postgres
migrations: {folder: migrations, layout: supabase}
backup: {before_apply: never}
rehearsal: {enabled: false}
"""


def migration(number: int) -> str:
    """Three statements: a table, its index, a row."""
    return (
        f"CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now());\n"
        f"CREATE INDEX t{number}_name ON t{number} (name);\n"
        f"INSERT INTO t{number} (id, name) VALUES (1, 'one');\n"
    )


MIXED = (
    (
        "CREATE TABLE {t} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now());\n"
        "CREATE INDEX {t}_name ON {t} (name);\n"
    ),
    (
        "ALTER TABLE {t} ADD COLUMN amount int;\nALTER TABLE {t} ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY own ON {t} USING (name = current_user);\n"
    ),
    "CREATE INDEX CONCURRENTLY {t}_at ON {t} (at);\n",
    (
        "CREATE FUNCTION {t}_f() RETURNS trigger LANGUAGE plpgsql SET search_path = ''\n"
        "AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$;\n"
        "CREATE TRIGGER touch BEFORE UPDATE ON {t} FOR EACH ROW EXECUTE FUNCTION {t}_f();\n"
    ),
    (
        "ALTER TABLE {t} ALTER COLUMN amount TYPE bigint;\nUPDATE {t} SET amount = 0 WHERE amount IS NULL;\n"
        "COMMENT ON TABLE {t} IS 'x';\n"
    ),
)
"""Five files on one table."""


def mixed(number: int) -> str:
    """One of the five files, in turn."""
    return MIXED[number % len(MIXED)].replace("{t}", f"t{number // len(MIXED)}")


def project(root: Path, files: int, text: Callable[[int], str] = migration) -> Path:
    """A project with that many generated migrations."""
    (root / "migrations").mkdir(parents=True)
    (root / "migsafe.yaml").write_text(MANIFEST)
    for number in range(files):
        (root / "migrations" / f"{20240101000000 + number}_table_{number}.sql").write_text(text(number))
    return root


def run(root: Path, *arguments: str) -> float:
    """Seconds that a command of migsafe takes, from start to end of its process."""
    started = time.perf_counter()
    done = subprocess.run([MIGSAFE, *arguments], cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"migsafe {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return seconds


def judged(base: Path) -> dict[str, tuple[float, float]]:
    """Seconds and memory to judge mixed files by all rules: with nothing remembered, and remembered."""
    found: dict[str, tuple[float, float]] = {}
    ENVIRONMENT["XDG_CACHE_HOME"] = str(base / "cache")
    for count, goal, again in ((1_000, 2.0, 0.6), (10_000, 20.0, float("inf"))):
        root = project(base / f"mixed-{count}", count, mixed)
        ENVIRONMENT["MIGSAFE_NO_CACHE"] = "1"
        found[f"all rules on {count:,} mixed files, s"] = (best(2, partial(run, root, "validate")), goal)
        del ENVIRONMENT["MIGSAFE_NO_CACHE"]
        run(root, "validate")
        found[f"the same, remembered, {count:,}, s"] = (best(3, partial(run, root, "validate")), again)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found["the most memory of these, MB"] = (peak, 250)
    return found


def best(tries: int, measured: Callable[[], float]) -> float:
    """The shortest of some tries."""
    return min(measured() for _ in range(tries))


def psql_session(root: Path, files: list[Path]) -> float:
    """Seconds for all files in one psql session, each in a transaction of its own."""
    with local_database(root, Platform.POSTGRES, "by_psql") as url:
        script = root / "all.sql"
        script.write_text("".join(f"BEGIN;\n\\i {path}\nCOMMIT;\n" for path in files))
        psql = find_client("psql", 17).program("psql")
        command = [str(psql), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(script), url]
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started


def applied(base: Path, count: int, rounds: int = 3) -> tuple[float, float, float]:
    """Best seconds of some rounds, each on a server of its own: apply as a process, its run alone, and psql in turn."""
    found: list[tuple[float, float, float]] = []
    for number in range(rounds):
        root = project(base / f"apply-{number}", count)
        run(root, "plan", "-o", "plan.json")
        started = time.perf_counter()
        done = subprocess.run(
            [MIGSAFE, "apply", "plan.json", "--yes", "--json"],
            cwd=root,
            env=ENVIRONMENT,
            capture_output=True,
            check=True,
        )
        whole = time.perf_counter() - started
        inside = float(json.loads(done.stdout)["seconds"])
        found.append((whole, inside, psql_session(root, sorted((root / "migrations").glob("*.sql")))))
    return min(one for one, _, _ in found), min(one for _, one, _ in found), min(one for _, _, one in found)


def measure(count: int) -> dict[str, tuple[float, float]]:
    """Name of each line to what was measured and its goal; infinity where there is none."""
    no_goal = float("inf")
    figures: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory(prefix="migsafe-bench-") as folder:
        base = Path(folder)
        base.chmod(0o755)  # the account of the embedded server passes through when root runs this
        sizes = (1, 100, count)
        small, middle, large = (project(base / f"{number}", size) for number, size in enumerate(sizes))
        figures.update(judged(base))
        figures["migsafe --help, s"] = (best(5, partial(run, small, "--help")), 0.2)
        run(small, "status")
        figures["migsafe status with the embedded server, s"] = (best(3, partial(run, small, "status")), no_goal)
        for root, size in zip((small, middle, large), sizes, strict=True):
            goal = 1.5 if root is large else no_goal
            ENVIRONMENT["MIGSAFE_NO_CACHE"] = "1"
            figures[f"migsafe validate, {size} files, s"] = (best(3, partial(run, root, "validate")), goal)
        figures[f"migsafe plan, {count} files, s"] = (run(large, "plan", "-o", "plan.json"), no_goal)
        migsafe, inside, psql = applied(base, count)
        figures["psql, one session, ms a migration"] = (1000 * psql / count, no_goal)
        figures["migsafe apply, its run, ms above psql"] = (1000 * (inside - psql) / count, 3.0)
        figures["migsafe apply, whole process, ms above psql"] = (1000 * (migsafe - psql) / count, no_goal)
        figures["migsafe apply, whole process, times psql"] = (migsafe / psql, no_goal)
    return figures


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="100 migrations instead of 1,000")
    arguments.add_argument("--json", type=Path, help="write the figures there too")
    chosen = arguments.parse_args()
    figures = measure(100 if chosen.quick else 1000)
    for name, (value, goal) in figures.items():
        wanted = "" if goal == float("inf") else f"   goal {goal:g}: {'reached' if value <= goal else 'NOT reached'}"
        print(f"{name:<48}{value:8.3f}{wanted}")
    if chosen.json:
        chosen.json.write_text(json.dumps({name: value for name, (value, _) in figures.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
