"""How a migration is undone: its rollback, what that costs, and the plan that does it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from migsafe.planner.actions import touched
from migsafe.planner.base import base_of
from migsafe.planner.carry import walk
from migsafe.planner.frame import Substance, plan_of, require_intact, risk_of_all
from migsafe.planner.judge import judge
from migsafe.planner.preflights import Known, data_findings, questions
from migsafe.planner.prepared import Script, script, wrapping_of
from migsafe.planner.quarantine import NOTHING_KEPT, about_return, kept_by, refusals_by_purge, returned
from migsafe.planner.quarantine.undone import undo_of_kept
from migsafe.planner.risk import conditions_of, rated, timed
from migsafe.planner.rules.context import Judged, Surroundings
from migsafe.planner.schema_state import Indexes, of_facts
from migsafe.planner.source import BOM
from migsafe.planner.steps import steps_of
from migsafe.planner.transactions import Wrapping
from migsafe.planner.undo import undo_by, undo_class
from migsafe.planner.verdict import backup_for
from migsafe.schemas.plan import Direction, PlannedMigration, Undo, UndoClass
from migsafe.schemas.preflight import NO_PREFLIGHTS
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from migsafe.planner.frame import Stamp
    from migsafe.planner.prepared import Prepared
    from migsafe.planner.quarantine import Keeping, Return
    from migsafe.planner.risk import Conditions
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.ledger import AppliedMigration, LedgerState
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.preflight import Preflight, Preflights, Unasked
    from migsafe.schemas.step import Step
    from migsafe.schemas.target import ObjectFingerprint, TargetFacts


def undo_of(prepared: Prepared, after: SchemaState, keeping: Keeping = NOTHING_KEPT) -> Undo:
    """How a prepared migration would be undone; `after` is the state that it leaves, `keeping` what it keeps."""
    file = prepared.migration.down
    if (kept := keeping.of(prepared.migration)) and (undo := undo_of_kept(prepared, after, keeping, kept)) is not None:
        return undo
    if file is None or prepared.down is None:
        return Undo(
            undo_class=UndoClass.IRREVERSIBLE,
            reason="no rollback is declared",
            file=None,
            sql=None,
            sha256=None,
            steps=(),
        )
    steps: tuple[Step, ...] = ()
    match prepared.down:
        case Refusal() as refusal:
            grade, reason = UndoClass.IRREVERSIBLE, f"its rollback cannot be used: {refusal}"
            text = file.raw.decode("utf-8-sig", "replace")
        case Script() as down:
            grade, reason = undo_class(prepared.up.statements, down.statements)
            text, steps = down.text, steps_of(down.division.segments, _seen_by(down, after))
    return undo_by(file, text, steps, grade, reason)


def _seen_by(down: Script, state: SchemaState) -> SchemaState:
    """The part of the state that the script names, all of it in use by then. A copy of the whole would take seconds."""
    named = {state.qualified(found.name) for each in down.statements for found in touched(each.actions)}
    tables = {name: state.tables[name] for name in named if name in state.tables}
    indexes = {name: index for name, index in state.indexes.items() if name in named or index.table in tables}
    tables |= {index.table: state.tables[index.table] for index in indexes.values() if index.table in state.tables}
    part = replace(state, tables=tables, indexes=Indexes(indexes)).copy()
    part.settle()
    return part


def questions_down(
    manifest: Manifest, migrations: tuple[Migration, ...], facts: TargetFacts, chosen: tuple[AppliedMigration, ...]
) -> tuple[Preflight | Unasked, ...]:
    """What is to be asked of the target's rows before `chosen` are undone. Raises as `draft_down`."""
    before = of_facts(facts, manifest.database.schemas)
    known = Known(before, facts.catalog, facts.session.server_version)
    scripts = _scripts(chosen, migrations)
    replaced = {spot for back in _returns(chosen, scripts, facts.ledger, before) for spot in back.places}
    asked = questions((each.division for each in scripts), known)
    return tuple(each for each in asked if (each.path, each.line) not in {(path, line) for path, line, _ in replaced})


def draft_down(
    manifest: Manifest,
    migrations: tuple[Migration, ...],
    facts: TargetFacts,
    chosen: tuple[AppliedMigration, ...],
    stamp: Stamp,
    preflights: Preflights = NO_PREFLIGHTS,
) -> Plan:
    """The plan that undoes `chosen`, newest first, with the rollback text that each of them carries; sealed.

    `migrations`, as they are in the folder, only tell whether a script runs outside a transaction; `preflights` are the
    answers to `questions_down`.
    Raises Refusal, before anything is planned, when one of them has no rollback or one that cannot be read.
    """
    require_intact(facts.ledger)
    scripts = _scripts(chosen, migrations)
    state = of_facts(facts, manifest.database.schemas)
    base = base_of(scripts, state, facts, manifest.database.schemas)
    both = tuple(zip(chosen, scripts, strict=True))
    judged = tuple(Judged(each.file, down.path, down.division) for each, down in both)
    told = chain.from_iterable(data_findings(preflights, manifest.policies.preflight).values())
    judgement = judge(judged, state, manifest.policies, _around(manifest, facts), stamp.moment.date(), told)
    conditions = conditions_of(facts.live, facts.ledger.timings)
    returns = _returns(chosen, scripts, facts.ledger, state)
    said = (about_return(*each, facts.ledger) for each in zip(both, returns, judgement.findings, strict=True))
    every = zip(both, said, returns, strict=True)
    planned = tuple(_reverted(each, state, findings, conditions, back) for each, findings, back in every)
    substance = _substance(manifest, base, planned, judgement.overall)
    return plan_of(manifest, facts, stamp, replace(substance, preflights=preflights))


def _substance(
    manifest: Manifest,
    base: tuple[ObjectFingerprint, ...],
    planned: tuple[PlannedMigration, ...],
    overall: tuple[Finding, ...],
) -> Substance:
    return Substance(
        direction=Direction.DOWN,
        base=base,
        history=(),
        migrations=planned,
        findings=overall,
        risk=risk_of_all(planned, overall),
        backup=backup_for(manifest.backup, planned),
        # Policies gate what is new; the risk of going back is shown and confirmed, not forbidden. What was purged does
        # not come back, though the script may seem to.
        refusals=refusals_by_purge(manifest, planned),
    )


def _around(manifest: Manifest, facts: TargetFacts) -> Surroundings:
    major = facts.session.server_version // 10_000
    return Surroundings(manifest.platform, frozenset(manifest.exposed_schemas()), major, facts.live)


def _scripts(chosen: tuple[AppliedMigration, ...], migrations: tuple[Migration, ...]) -> tuple[Script, ...]:
    without = [each.file for each in chosen if each.rollback_sql is None]
    if without:
        raise Refusal(
            f"{', '.join(without)} cannot be undone",
            why="no rollback was recorded when it was applied, so nothing was changed at all",
            remedy="write its rollback and take it from the file: migsafe down --from-file",
        )
    folder = {migration.file: migration for migration in migrations}
    return tuple(_recorded(each, folder.get(each.file)) for each in chosen)


def _recorded(applied: AppliedMigration, migration: Migration | None) -> Script:
    """The rollback that was recorded; its lines are those of the file where that still says the same."""
    raw, path = (applied.rollback_sql or "").encode(), applied.rollback_file or applied.file
    if migration is None:
        return script(raw, path, Wrapping.TRANSACTION)
    now = migration.down or migration.up
    first_line = now.first_line if now.raw.removeprefix(BOM) == raw else 1
    return script(raw, path, wrapping_of(now), first_line)


def _returns(
    chosen: tuple[AppliedMigration, ...], scripts: tuple[Script, ...], ledger: LedgerState, before: SchemaState
) -> tuple[Return, ...]:
    """How what is in quarantine comes back with each script. Raises Refusal where it has no place any more."""
    state, found = before.copy(), []
    for each, down in zip(chosen, scripts, strict=True):
        found.append(returned(down.division.segments, kept_by(ledger, each.file), state))
        for _ in walk(down.division.segments, state):
            pass
    return tuple(found)


def _reverted(
    both: tuple[AppliedMigration, Script],
    state: SchemaState,
    findings: tuple[Finding, ...],
    conditions: Conditions,
    back: Return,
) -> PlannedMigration:
    applied, down = both
    undo = _again(applied)
    steps = steps_of(down.division.segments, state, back.instead)
    every = timed((*back.first, *steps, *back.afterwards), conditions.speeds)
    weighed = rated(applied.file, every, findings, undo, conditions.activity)
    return PlannedMigration(
        label=applied.label,
        name=applied.name,
        file=applied.file,
        path=down.path,
        first_line=down.first_line,
        sha256=applied.sha256,
        normalised_sha256=applied.normalised_sha256,
        sql=down.text,
        steps=weighed.steps,
        undo=undo,
        findings=weighed.findings,
        risk=weighed.risk,
    )


def _again(applied: AppliedMigration) -> Undo:
    return Undo(
        undo_class=UndoClass.LOSSLESS,
        reason="the migration can be applied again",
        file=applied.file,
        sql=applied.sql,
        sha256=applied.sha256,
        steps=(),
    )
