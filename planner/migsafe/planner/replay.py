"""What was applied to the target, as steps that bring an empty database to the same point."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from migsafe.planner.prepared import script, script_of, wrapping_of
from migsafe.planner.quarantine import kept_by
from migsafe.planner.quarantine.replayed import done_before
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.steps import steps_of
from migsafe.planner.transactions import Wrapping
from migsafe.schemas.plan import PlannedMigration, Standing, Undo, UndoClass
from migsafe.schemas.risk import NO_RISK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from migsafe.schemas.ledger import AppliedMigration, LedgerState
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.plan import MigrationStanding
    from migsafe.schemas.quarantine import Quarantined

_NO_WAY_BACK = Undo(
    undo_class=UndoClass.IRREVERSIBLE, reason="it is only replayed", file=None, sql=None, sha256=None, steps=()
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A migration that stands in the target."""

    sha256: str
    """Of its text as it was applied."""
    migration: Callable[[], PlannedMigration]
    """What it does, parsed when asked. Raises Refusal for a text that cannot be read."""


def applied_migrations(
    migrations: tuple[Migration, ...], history: tuple[MigrationStanding, ...], ledger: LedgerState
) -> tuple[Replayed, ...]:
    """What stands in the target, in the order in which it was applied: first what only another tool's history has.

    The text is the one that the ledger recorded, else that of the file.
    """
    foreign = {line.file for line in history if line.standing is Standing.FOREIGN}
    folder = {each.file: each for each in migrations}
    recorded = sorted(ledger.applied, key=lambda each: each.sequence)
    earlier = (_of_file(each) for each in migrations if each.file in foreign)
    return (*earlier, *(_of_ledger(each, folder, kept_by(ledger, each.file)) for each in recorded))


def from_files(migrations: Iterable[Migration]) -> tuple[Replayed, ...]:
    """All of these, as their files are."""
    return tuple(map(_of_file, migrations))


def _of_file(migration: Migration) -> Replayed:
    return Replayed(migration.up.sha256, partial(_from_file, migration))


def _of_ledger(applied: AppliedMigration, folder: Mapping[str, Migration], kept: tuple[Quarantined, ...]) -> Replayed:
    file = folder.get(applied.file)
    if not applied.sql and file is not None:
        return _of_file(file)
    wrapping = Wrapping.TRANSACTION if file is None else wrapping_of(file.up)
    away = "\0".join(("", *(each.away for each in kept))) if kept else ""
    digest = hashlib.sha256(f"{wrapping}\0{applied.sql}{away}".encode()).hexdigest()
    return Replayed(digest, partial(_from_ledger, applied, wrapping, kept))


def _from_file(migration: Migration) -> PlannedMigration:
    text = script_of(migration.up)
    return PlannedMigration(
        label=migration.label,
        name=migration.name,
        file=migration.file,
        path=migration.up.path,
        first_line=text.first_line,
        sha256=migration.up.sha256,
        normalised_sha256=migration.up.normalised_sha256,
        sql=text.text,
        steps=steps_of(text.division.segments, SchemaState()),
        undo=_NO_WAY_BACK,
        findings=(),
        risk=NO_RISK,
    )


def _from_ledger(applied: AppliedMigration, wrapping: Wrapping, kept: tuple[Quarantined, ...]) -> PlannedMigration:
    text = script(applied.sql.encode(), applied.file, wrapping)
    return PlannedMigration(
        label=applied.label,
        name=applied.name,
        file=applied.file,
        path=applied.file,
        sha256=applied.sha256,
        normalised_sha256=applied.normalised_sha256,
        sql=text.text,
        steps=steps_of(text.division.segments, SchemaState(), done_before(text, kept)),
        undo=_NO_WAY_BACK,
        findings=(),
        risk=NO_RISK,
    )
