"""One scratch server for all tests of a process, and plans drafted for shadows made on it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.rehearse import Script, rehearse, runner
from migsafe.executor.server.home import outside
from migsafe.executor.shadow import scratch_server, shadow_database
from migsafe.executor.shadow.replay import Applied, Wanted
from migsafe.planner.catalog_difference import difference
from migsafe.planner.draft import Stamp, draft
from migsafe.planner.replay import from_files
from migsafe.schemas.catalog import Catalog
from migsafe.schemas.ledger import LedgerState
from migsafe.schemas.manifest import Manifest
from migsafe.schemas.migration import Migration, SqlFile
from migsafe.schemas.plan import Limits
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Locking, Timeouts
from migsafe.schemas.target import SessionFacts, TargetFacts, TargetIdentity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.schemas.evidence import Evidence
    from migsafe.schemas.plan import Plan, PlannedMigration

MANIFEST = Manifest(version=1, project="test")
LIMITS = Limits(timeouts=Timeouts(), locking=Locking(), maintenance_window=None, freeze=())
NO_LEDGER = LedgerState(
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


def file_of(number: int, sql: str) -> Migration:
    """A migration of this text."""
    raw = sql.encode()
    digest = hashlib.sha256(raw).hexdigest()
    name = f"{number:04}_change.sql"
    return Migration(f"{number:04}", "change", name, SqlFile(f"migrations/{name}", raw, digest, digest), None)


def wanted(platform: Platform = Platform.POSTGRES, name: str = "shop", role: str | None = None) -> Wanted:
    """A shadow of the usual kind."""
    return Wanted(name, platform, ("public",), role, 17)


def applied(*texts: str) -> list[Applied]:
    """These migrations as what the target has."""
    return [Applied(each.sha256, each.migration) for each in from_files(map(file_of, range(len(texts)), texts))]


def run(url: str) -> AbstractContextManager[Callable[[PlannedMigration], None]]:
    """A session in which the migrations of the history are done."""
    return runner(url, LIMITS, None)


def plan_of(*texts: str, manifest: Manifest = MANIFEST, first: int = 500) -> Plan:
    """A plan of these migrations for an empty target of which nothing is known."""
    migrations = tuple(file_of(first + at, text) for at, text in enumerate(texts))
    stamp = Stamp(id="1" * 32, moment=datetime(2026, 1, 1, tzinfo=UTC), tool="0", environment=None)
    return draft(manifest, migrations, _facts(), stamp)


def _facts() -> TargetFacts:
    return TargetFacts(
        identity=TargetIdentity(system_identifier="1", database_oid=1, database="shop", lineage=None),
        session=SessionFacts(
            server_version=170010, role="postgres", superuser=False, read_only=False, standby=False, pooled=False
        ),
        ledger=NO_LEDGER,
        foreign=(),
        relations=(),
        catalog=Catalog.model_validate(dict.fromkeys(Catalog.model_fields, ())),
        fingerprints=(),
        live=None,
    )


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for a project of its own, which the account of the server can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _clear_outside(folder)


def _clear_outside(folder: Path) -> None:
    """What migsafe keeps elsewhere for a project that the server's account cannot get to, as root: 100 MB a project."""
    if os.geteuid() != 0:
        return
    for note in (*outside().glob("server-*/made-for"), *outside().glob("installation-*/copied-from")):
        with suppress(FileNotFoundError):  # others come and go there
            if os.fsencode(folder) in note.read_bytes():
                shutil.rmtree(note.parent, ignore_errors=True)


@contextmanager
def scratch_for_tests() -> Iterator[Scratch]:
    """A scratch server in a folder of its own."""
    with scratch_folder() as folder, scratch_server(folder, None) as scratch:
        yield scratch


@contextmanager
def shadow_after(scratch: Scratch, *texts: str, platform: Platform = Platform.POSTGRES) -> Iterator[ShadowDatabase]:
    """A shadow on which these migrations were applied."""
    with shadow_database(scratch, wanted(platform), applied(*texts), run) as shadow:
        yield shadow


def rehearsed(scratch: Scratch, before: Sequence[str], *texts: str, timeout_ms: int = 20_000) -> Evidence:
    """The evidence of a plan of these migrations, after those of `before`."""
    with shadow_after(scratch, *before) as shadow:
        return rehearse(plan_of(*texts), shadow, Script(difference, timeout_ms))
