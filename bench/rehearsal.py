"""Measures the rehearsal: against one psql session that runs the same files on the same server, and a warm `plan`.

    python bench/rehearsal.py [--files N] [--pending N]

Everything is measured in one run, on one scratch server; memory is the largest of any `migsafe` process.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from run import ENVIRONMENT, MANIFEST, MIGSAFE

from migsafe.executor.rehearse import Script, rehearse, runner
from migsafe.executor.server.binaries import find_client
from migsafe.executor.server.platform import MIGRATION_ROLE
from migsafe.executor.shadow import scratch_server, shadow_database
from migsafe.executor.shadow.replay import Applied, Wanted
from migsafe.planner.catalog_difference import difference
from migsafe.planner.discover import discover
from migsafe.planner.draft import Stamp, draft
from migsafe.planner.read import read_manifest
from migsafe.planner.replay import from_files
from migsafe.schemas.catalog import Catalog
from migsafe.schemas.ledger import LedgerState
from migsafe.schemas.platform import Platform
from migsafe.schemas.target import SessionFacts, TargetFacts, TargetIdentity

WANTED = Wanted("bench", Platform.POSTGRES, ("public",), None, 17)


def migration(number: int) -> str:
    """What histories are made of: now and then a table, mostly changes to those that are there."""
    old = number // 3 * 3
    kinds = (
        (
            f"CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz DEFAULT now());\n"
            f"CREATE INDEX t{number}_name ON t{number} (name);\n"
            f"ALTER TABLE t{number} ENABLE ROW LEVEL SECURITY;\n"
            f"CREATE POLICY own ON t{number} USING (name = current_user);\n"
        ),
        (
            f"ALTER TABLE t{old} ADD COLUMN note_{number} text;\n"
            f"COMMENT ON COLUMN t{old}.note_{number} IS 'what was said';\n"
            f"UPDATE t{old} SET note_{number} = name;\n"
        ),
        (
            f"CREATE FUNCTION f{number}(a int) RETURNS int LANGUAGE sql AS 'SELECT a + {number}';\n"
            f"ALTER TABLE t{old} ADD CONSTRAINT c{number} CHECK (length(name) < 1000);\n"
            f"CREATE VIEW v{number} AS SELECT id, name FROM t{old};\n"
        ),
    )
    return kinds[number % 3]


def project(root: Path, files: int) -> Path:
    """A project with that many generated migrations, rehearsed by default."""
    (root / "migrations").mkdir(parents=True)
    (root / "migsafe.yaml").write_text(MANIFEST.replace("rehearsal: {enabled: false}\n", ""))
    for number in range(files):
        write(root, number)
    return root


def write(root: Path, number: int) -> None:
    """One more file."""
    (root / "migrations" / f"{20240101000000 + number}_change_{number}.sql").write_text(migration(number))


def psql(url: str, root: Path) -> float:
    """Seconds for all files in one psql session, each in a transaction of its own."""
    script = root / "all.sql"
    files = sorted((root / "migrations").glob("*.sql"))
    script.write_text("".join(f"BEGIN;\n\\i {path}\nCOMMIT;\n" for path in files))
    program = find_client("psql", 17).program("psql")
    command = [str(program), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(script), url]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def migsafe(root: Path, *arguments: str) -> float:
    """Seconds that a command takes, from start to end of its process."""
    started = time.perf_counter()
    done = subprocess.run([MIGSAFE, *arguments], cwd=root, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"migsafe {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - started


def nothing_there() -> TargetFacts:
    """An empty target."""
    ledger = LedgerState(
        exists=False,
        format=0,
        lineage=None,
        head="",
        intact=True,
        broken_at=None,
        applied=(),
        plans=(),
        unfinished=None,
    )
    return TargetFacts(
        identity=TargetIdentity(system_identifier="1", database_oid=1, database="bench", lineage=None),
        session=SessionFacts(
            server_version=170010, role="postgres", superuser=False, read_only=False, standby=False, pooled=False
        ),
        ledger=ledger,
        foreign=(),
        relations=(),
        catalog=Catalog.model_validate(dict.fromkeys(Catalog.model_fields, ())),
        fingerprints=(),
        live=None,
    )


def against_psql(root: Path) -> tuple[float, float, float]:
    """Seconds of psql, of the rehearsal of all files as one plan, and of their replay without measuring."""
    manifest = read_manifest(root / "migsafe.yaml", os.environ)
    files = discover(root, manifest)
    stamp = Stamp(id="1" * 32, moment=datetime.now(UTC), tool="bench", environment=None)
    plan = draft(manifest, files, nothing_there(), stamp)
    history = [Applied(each.sha256, each.migration) for each in from_files(files)]
    run = partial(runner, limits=plan.limits, role=None)
    with scratch_server(root, None) as scratch:
        with shadow_database(scratch, WANTED, [], run) as shadow:
            plain = psql(scratch.server.as_role(MIGRATION_ROLE).url(WANTED.name), root)
        with shadow_database(scratch, WANTED, [], run) as shadow:
            evidence = rehearse(plan, shadow, Script(difference, 60_000))
            assert evidence.failure is None, evidence.failure
        started = time.perf_counter()
        with shadow_database(scratch, WANTED, history, run):
            replayed = time.perf_counter() - started
    return plain, evidence.duration_ms / 1000, replayed


def warm(root: Path, files: int, pending: int) -> tuple[float, float, float]:
    """Seconds of `plan` with some pending: on a shadow that is replayed, on one from the cache, and without."""
    migsafe(root, "up", "--yes", "--no-rehearsal")
    for number in range(files, files + pending):
        write(root, number)
    first = migsafe(root, "plan")
    again = min(migsafe(root, "plan") for _ in range(3))
    return first, again, min(migsafe(root, "plan", "--no-rehearsal") for _ in range(3))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--pending", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="migsafe-bench-") as folder:
        base = Path(folder)
        base.chmod(0o755)  # the account of the server passes through when root runs this
        plain, measured, replayed = against_psql(project(base / "all", chosen.files))
        first, again, without = warm(project(base / "warm", chosen.files), chosen.files, chosen.pending)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    pending = f"plan, {chosen.pending} pending"
    lines = {
        f"psql, one session, {chosen.files} files, s": f"{plain:8.2f}",
        "rehearsal of the same, s": f"{measured:8.2f}   times psql: {measured / plain:.1f}   goal 2",
        "replay of the same, unmeasured, s": f"{replayed:8.2f}   times psql: {replayed / plain:.1f}",
        f"{pending}, history replayed first, s": f"{first:8.2f}",
        f"{pending}, shadow from the cache, s": f"{again:8.2f}   goal 2",
        f"{pending}, --no-rehearsal, s": f"{without:8.2f}",
        "memory of the largest process, MB": f"{memory:8.0f}",
    }
    for name, value in lines.items():
        print(f"{name:<44}{value}")


if __name__ == "__main__":
    main()
