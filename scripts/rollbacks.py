# ruff: noqa: INP001 - a script, not a package
"""Tries the rollbacks of whole histories on a scratch server: the declared ones, and generated ones beside them.

    python scripts/rollbacks.py FOLDER... [--layout NAME] [--platform NAME] [--json FILE]

Each migration is applied, undone and applied again. Told are the shares that restore the catalog, and why the others
do not.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migsafe.executor.rehearse import runner
from migsafe.executor.rehearse.history import try_there_and_back
from migsafe.executor.rehearse.round_trip import Course, Generating, Proof, Wits
from migsafe.executor.shadow import Scratch, scratch_server, shadow_database
from migsafe.executor.shadow.replay import Wanted
from migsafe.planner.catalog_difference import difference
from migsafe.planner.discover import discover
from migsafe.planner.reverse import first_back, generated_undo, statements
from migsafe.planner.reverse.history import with_rollbacks
from migsafe.schemas.evidence import RoundTrip, RoundTripOutcome
from migsafe.schemas.manifest import Layout, Manifest, Migrations
from migsafe.schemas.plan import Limits, PlannedMigration, UndoClass
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Locking, Timeouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LIMITS = Limits(timeouts=Timeouts(), locking=Locking(), maintenance_window=None, freeze=())
_WITS = Wits(difference, first_back, statements, generated_undo)
_MAJOR = 17


@dataclass(frozen=True)
class Tried:
    """One migration, with its declared rollback and with none."""

    migration: PlannedMigration
    declared: RoundTrip | None
    generated: RoundTrip | None
    static: UndoClass | None
    """What statements alone say of undoing it with the generated rollback."""
    changes: bool
    """Whether it changes the catalog at all."""


def tried(scratch: Scratch, history: Path, layout: Layout, platform: Platform) -> list[Tried]:
    """Every migration of a folder, each both ways."""
    manifest = Manifest(version=1, project="corpus", migrations=Migrations(folder=history.name, layout=layout))
    planned = with_rollbacks(discover(history.parent, manifest))
    schemas = ("public", *_schemas(planned))
    wanted = Wanted("rollbacks", platform, schemas, None, _MAJOR)
    course = Course(_WITS, _LIMITS, None, schemas, Generating.ALWAYS)
    with shadow_database(scratch, wanted, [], partial(runner, limits=_LIMITS, role=None)) as shadow:
        found = {proof.file: proof for proof in try_there_and_back(scratch, shadow, planned, course).proofs}
    return [_joined(each, found.get(each.file)) for each in planned]


def _schemas(planned: Iterable[PlannedMigration]) -> tuple[str, ...]:
    """The schemas that the history makes itself."""
    from migsafe.planner import actions as act  # noqa: PLC0415 - the parser is slow to load
    from migsafe.planner.parse import parse  # noqa: PLC0415 - as above

    made = {
        action.name
        for each in planned
        for statement in parse(each.sql.encode(), each.path)
        for action in statement.actions
        if isinstance(action, act.CreateSchema)
    }
    return tuple(sorted(made - {"public", "extensions", "auth", "storage"}))


def _joined(migration: PlannedMigration, proof: Proof | None) -> Tried:
    if proof is None:
        return Tried(migration, None, None, None, changes=False)
    static = proof.undo.undo_class if proof.undo is not None else None
    return Tried(migration, proof.declared, proof.generated, static, changes=proof.generated is not None)


def restores(trip: RoundTrip) -> bool:
    """Whether nothing of the catalog differs, neither after undoing nor after applying again."""
    tried = trip.outcome not in {RoundTripOutcome.FAILS, RoundTripOutcome.NOT_TRIED}
    return tried and not (trip.differences or trip.again)


def told(history: str, all_tried: Sequence[Tried], seconds: float) -> dict[str, object]:
    """The counts of a history, and what does not come back with its reason."""
    declared = [each for each in all_tried if each.declared is not None]
    reversible = [each for each in all_tried if each.generated is not None and not _irreversible(each)]
    return {
        "history": history,
        "migrations": len(all_tried),
        "seconds": round(seconds, 1),
        "declared": dict(Counter(str(each.declared.outcome) for each in declared if each.declared)),
        "declared restores the catalog": sum(restores(each.declared) for each in declared if each.declared),
        "generated": dict(Counter(str(each.generated.outcome) for each in all_tried if each.generated)),
        "reversible": len(reversible),
        "reversible and proven": sum(_proven(each.generated) for each in reversible),
        "changes nothing": sum(not each.changes for each in all_tried),
        "not restored by what is declared": [
            f"{each.migration.file}: {each.declared.outcome}: {each.declared.detail}"
            for each in declared
            if each.declared and each.declared.outcome is not RoundTripOutcome.PROVEN
        ],
        "reversible but not proven": [
            f"{each.migration.file}: {each.generated.outcome}: {each.generated.detail}"
            for each in reversible
            if each.generated and not _proven(each.generated)
        ],
    }


def _irreversible(each: Tried) -> bool:
    lossy = each.generated is not None and each.generated.outcome is RoundTripOutcome.LOSES_DATA
    return lossy or each.static is UndoClass.IRREVERSIBLE


def _proven(trip: RoundTrip | None) -> bool:
    return trip is not None and trip.outcome is RoundTripOutcome.PROVEN


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the histories of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--layout", default=Layout.SUPABASE, type=Layout, choices=list(Layout))
    parser.add_argument("--platform", default=Platform.SUPABASE, type=Platform, choices=list(Platform))
    parser.add_argument("--json", type=Path, help="where the report goes")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="migsafe-rollbacks-"))
    folder.chmod(0o711)
    reports = []
    try:
        with scratch_server(folder, _MAJOR) as scratch:
            for history in given.folders:
                began = time.monotonic()
                found = tried(scratch, history, given.layout, given.platform)
                reports.append(told(history.name, found, time.monotonic() - began))
                sys.stdout.write(json.dumps(reports[-1], indent=2) + "\n")
                sys.stdout.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        given.json.write_text(json.dumps(reports, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
