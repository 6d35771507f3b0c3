"""How fast a plan is rehearsed and its history replayed beside psql, and what `plan` takes with a long history."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from memory import peak

from applying import psql_processes, psql_session
from migsafe.executor.rehearse import Script, rehearse, runner
from migsafe.executor.server.platform import MIGRATION_ROLE
from migsafe.executor.shadow import scratch_server, shadow_database
from migsafe.executor.shadow.replay import Applied, Wanted
from migsafe.planner.catalog_difference import difference
from migsafe.planner.discover import discover
from migsafe.planner.draft import Stamp, draft
from migsafe.planner.manifest.read import read_manifest
from migsafe.planner.replay import from_files
from migsafe.schemas.catalog import Catalog
from migsafe.schemas.ledger import LedgerState
from migsafe.schemas.platform import Platform
from migsafe.schemas.target import SessionFacts, TargetFacts, TargetIdentity
from projects import Figure, best, changes, migsafe, project, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.schemas.plan import Plan

_WANTED = Wanted("bench", Platform.POSTGRES, ("public",), None, 17)


def rehearsed(base: Path, count: int, rounds: int) -> Iterator[Figure]:
    """The same files by psql, rehearsed as one plan, and replayed as a history, in turn on one scratch server."""
    root = project(base / "rehearsed", count, changes)
    plan, history = _drafted(root)
    run = partial(runner, limits=plan.limits, role=None)
    session, processes, rehearsal, replay = [], [], [], []
    with scratch_server(root, None) as scratch:
        url = scratch.server.as_role(MIGRATION_ROLE).url(_WANTED.name)
        for number in range(rounds):
            with shadow_database(scratch, _WANTED, (), run):
                session.append(psql_session(url, root))
            with shadow_database(scratch, _WANTED, (), run) as shadow:
                evidence = rehearse(plan, shadow, Script(difference, 60_000))
                assert evidence.failure is None, evidence.failure
                rehearsal.append(evidence.duration_ms / 1000)
            began = time.perf_counter()
            anew = [Applied(f"{each.sha256} {number}", each.migration) for each in history]
            with shadow_database(scratch, _WANTED, anew, run):
                replay.append(time.perf_counter() - began)
        with shadow_database(scratch, _WANTED, (), run):
            processes.append(psql_processes(url, root))
    plain = min(session)
    yield Figure(f"psql, one session, {count} files, s", plain)
    yield Figure("psql, a process for each file, s", min(processes))
    yield Figure("rehearsal of the same as one plan, s", min(rehearsal))
    yield Figure("rehearsal, times psql in one session", min(rehearsal) / plain, 2.0)
    yield Figure("rehearsal, times psql with a process for each file", min(rehearsal) / min(processes), 2.0)
    yield Figure("replay of the same, its templates kept, s", min(replay))
    yield Figure("replay, times psql in one session", min(replay) / plain)


def planned(base: Path, count: int, pending: int) -> Iterator[Figure]:
    """`plan` with some pending after a history: with its shadow made first, from the cache, and with less evidence."""
    root = project(base / "planned", count, changes)
    migsafe(root, "up", "--yes", "--no-rehearsal")
    for number in range(count, count + pending):
        write(root, number, changes)
    name = f"plan, {pending} pending after {count}"
    yield Figure(f"{name}, history replayed first, s", migsafe(root, "plan"))
    yield Figure(f"{name}, s", best(3, partial(migsafe, root, "plan")), 2.0)
    yield Figure(f"memory of that, {pending} pending, MB", peak([sys.executable, "-m", "migsafe", "plan"], root))
    manifest = root / "migsafe.yaml"
    whole = manifest.read_text()
    manifest.write_text(whole + "rehearsal: {round_trips: false}\n")
    yield Figure(f"{name}, without round trips, s", best(3, partial(migsafe, root, "plan")), 2.0)
    manifest.write_text(whole)
    yield Figure(f"{name}, --no-rehearsal, s", best(3, partial(migsafe, root, "plan", "--no-rehearsal")))


def _drafted(root: Path) -> tuple[Plan, list[Applied]]:
    manifest = read_manifest(root / "migsafe.yaml", os.environ)
    files = discover(root, manifest)
    stamp = Stamp(id="1" * 32, moment=datetime.now(UTC), tool="bench", environment=None)
    plan = draft(manifest, files, _nothing_there(), stamp)
    return plan, [Applied(each.sha256, each.migration) for each in from_files(files)]


def _nothing_there() -> TargetFacts:
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
