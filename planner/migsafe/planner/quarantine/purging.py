"""The plan that drops for good what is in quarantine."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from migsafe.planner.frame import Substance, plan_of, require_intact, risk_of_all
from migsafe.planner.risk import activity_of, rated
from migsafe.planner.verdict import backup_for
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.plan import Direction, PlannedMigration, Undo, UndoClass
from migsafe.schemas.step import StatementText, TransactionStep
from migsafe.schemas.target import ObjectFingerprint

if TYPE_CHECKING:
    from migsafe.planner.frame import Stamp
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.quarantine import QuarantineEntry, QuarantineStanding
    from migsafe.schemas.target import TargetFacts

_GONE = Undo(
    undo_class=UndoClass.IRREVERSIBLE,
    reason="what is purged is gone; only a backup has it",
    file=None,
    sql=None,
    sha256=None,
    steps=(),
)


def draft_purge(manifest: Manifest, facts: TargetFacts, chosen: tuple[QuarantineStanding, ...], stamp: Stamp) -> Plan:
    """The plan that drops these for good, sealed. Raises Drift for a broken ledger."""
    require_intact(facts.ledger)
    planned = tuple(_purged(each, facts) for each in chosen)
    known = {found.object: found for found in facts.fingerprints}
    tables = sorted({each.entry.object.table for each in chosen if each.entry.object.column is not None and each.there})
    substance = Substance(
        direction=Direction.PURGE,
        base=tuple(known.get(name, ObjectFingerprint(object=name, fingerprint="absent")) for name in tables),
        history=(),
        migrations=planned,
        findings=(),
        risk=risk_of_all(planned, ()),
        backup=backup_for(manifest.backup, planned),
        refusals=(),
    )
    return plan_of(manifest, facts, stamp, substance)


def _purged(standing: QuarantineStanding, facts: TargetFacts) -> PlannedMigration:
    kept = standing.entry.object
    file = f"purge {kept.place}"
    digest = hashlib.sha256(kept.purge.encode()).hexdigest()
    text = StatementText(
        sql=kept.purge,
        line=1,
        column=1,
        sha256=digest,
        summary=f"drop {kept.name} for good",
        effects=_effects(standing),
        purges=_places(standing.entry, facts.ledger.quarantine),
    )
    steps = (TransactionStep(kind="transaction", statements=(text,), locks=()),)
    weighed = rated(file, steps, (), _GONE, activity_of(facts.live))
    return PlannedMigration(
        label="",
        name=kept.name,
        file=file,
        path=file,
        sha256=digest,
        normalised_sha256=digest,
        sql=kept.purge,
        steps=weighed.steps,
        undo=_GONE,
        findings=(),
        risk=weighed.risk,
    )


def _effects(standing: QuarantineStanding) -> tuple[Effect, ...]:
    kept = standing.entry.object
    if not standing.there:
        return ()
    return (
        Effect(
            relation=kept.place if kept.column is None else kept.table,
            lock=Lock.ACCESS_EXCLUSIVE,
            rewrite=False,
            scan=False,
            loss=Loss.TABLE if kept.column is None else Loss.COLUMN,
            new=False,
            rows=standing.rows,
        ),
    )


def _places(entry: QuarantineEntry, every: tuple[QuarantineEntry, ...]) -> tuple[str, ...]:
    """Its own place, and those of the table's columns that were kept before the table was."""
    kept = entry.object
    inside = (each.object for each in every if each.object.column is not None and each.purged_at is None)
    columns = (each.place for each in inside if kept.column is None and each.table == kept.table)
    return (kept.place, *columns)
