"""How facts of a plan are put into words, the same in every report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never

from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.locks import Lock
from migsafe.schemas.manifest import Verification
from migsafe.schemas.plan import Direction, Standing, UndoClass
from migsafe.schemas.step import LoneStep, StatementText, Step, TransactionStep, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from migsafe.schemas.finding import Finding
    from migsafe.schemas.plan import MigrationStanding, Plan, PlannedMigration, Undo
    from migsafe.schemas.risk import Risk

_NEW_NUMBERING = 100_000
_FEW = 3


def plural(number: int, word: str) -> str:
    """`1 step`, `2 steps`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def server_words(version_num: int) -> str:
    """`PostgreSQL 17.10` for 170010."""
    if version_num < _NEW_NUMBERING:
        return f"PostgreSQL {version_num // 10_000}.{version_num // 100 % 100}"
    return f"PostgreSQL {version_num // 10_000}.{version_num % 10_000}"


def target_words(plan: Plan) -> str:
    """Which database, on what, in which environment."""
    where = f"database {plan.target.database} on {server_words(plan.server_version)}"
    return f"{where}, environment {plan.environment}" if plan.environment else where


def task_words(plan: Plan) -> str:
    """What the plan does, in one phrase."""
    count = plural(len(plan.migrations), "migration")
    steps = plural(sum(len(one.steps) for one in plan.migrations), "step")
    match plan.direction:
        case Direction.UP:
            return f"applies {count} in {steps}"
        case Direction.DOWN:
            return f"undoes {count} in {steps}"
        case Direction.PURGE:
            return f"drops {plural(len(plan.migrations), 'object')} from quarantine for good in {steps}"
        case _:
            assert_never(plan.direction)


def waived_words(findings: Iterable[Finding]) -> tuple[str, ...]:
    """`2 waived`, in one element; none where no exemption set anything aside."""
    count = sum(finding.waiver is not None for finding in findings)
    return (f"{count} waived",) if count else ()


def risk_words(risk: Risk) -> str:
    """`risk 62 of 100 (high)`."""
    return f"risk {risk.score} of 100 ({risk.level})"


def undo_words(undo: Undo) -> str:
    """What undoing costs, by which script and why."""
    reason = f": {undo.reason}" if undo.reason else ""
    if undo.file is None:
        return f"{cost_words(undo)}{reason}"
    by = ", by" if undo.undo_class is not UndoClass.IRREVERSIBLE else "; what can be brought back is by"
    return f"{cost_words(undo)}{by} {undo.file}{reason}"


def cost_words(undo: Undo) -> str:
    """What undoing costs, in one phrase."""
    match undo.undo_class:
        case UndoClass.LOSSLESS:
            return "can be undone without loss"
        case UndoClass.LOSES_NEW_DATA:
            return "can be undone, losing what is written since"
        case UndoClass.IRREVERSIBLE:
            return "cannot be wholly undone" if undo.steps else "cannot be undone"
        case _:
            assert_never(undo.undo_class)


def backup_words(plan: Plan) -> str:
    """Whether a backup is taken first, how and why."""
    reason = f": {plan.backup.reason}" if plan.backup.reason else ""
    if not plan.backup.due:
        return f"none is taken{reason}"
    how = plan.backup.settings
    packed = "" if how.compression == "none" else f", {how.compression}"
    proof = "read back in full"
    if how.verify is Verification.RESTORE:
        proof = "restored on a scratch server"
    return f"taken first into {how.folder}/ ({how.format}{packed}), {proof}{reason}"


def step_words(step: Step) -> str:
    """What kind of step it is."""
    match step:
        case TransactionStep():
            return f"one transaction, {plural(len(step.statements), 'statement')}"
        case LoneStep():
            return "one statement outside a transaction"
        case _:
            assert_never(step)


def lock_words(lock: Lock, relation: str) -> str:
    """Which lock on what, and who waits."""
    return f"{lock} on {relation}, blocks {lock.blocks}"


def effect_words(effect: Effect) -> str:
    """What a statement does to one relation, gravest first; empty where nobody would notice."""
    notes = [_LOSSES[effect.loss]] if effect.loss is not Loss.NONE else []
    if not effect.new and effect.lock.strength >= Lock.SHARE_UPDATE_EXCLUSIVE.strength:
        notes.append(lock_words(effect.lock, effect.relation))
    if effect.rewrite and not effect.new:
        notes.append("writes the whole table anew meanwhile")
    elif effect.scan and not effect.new:
        notes.append("reads every row meanwhile")
    return "; ".join(notes)


_LOSSES = {
    Loss.NONE: "",
    Loss.SOME_ROWS: "deletes or overwrites rows",
    Loss.ALL_ROWS: "loses all rows",
    Loss.COLUMN: "loses a column with its data",
    Loss.TABLE: "loses a table with its data",
}


def noteworthy(step: Step) -> tuple[StatementText, ...]:
    """The statements of a step that somebody would notice: with effects that can be told, or with a risk."""
    return tuple(one for one in statements_of(step) if _stands_out(one))


def _stands_out(text: StatementText) -> bool:
    return bool(text.risk.points) or any(map(effect_words, text.effects))


def reason_words(risk: Risk) -> str:
    """`risk 71 of 100 (high): 50 drop-column, 41 data-would-be-lost`: findings by their rule, other facts in full."""
    reasons = [point.rule or _PLACE.sub("", point.fact) for point in risk.points]
    if len(reasons) == 1:
        return f"{risk_words(risk)}: {reasons[0]}"
    weighed = (f"{point.points} {reason}" for point, reason in zip(risk.points, reasons, strict=True))
    return f"{risk_words(risk)}: {', '.join(weighed)}"


_PLACE = re.compile(r" \([^()]+:\d+\)\Z")
"""The file and line at the end of a fact, which stands at its statement here."""


def instead_words(step: Step) -> Iterator[str]:
    """Which statements of the files are not done as they stand, and what is done instead."""
    for text in statements_of(step):
        if text.instead_of is None:
            continue
        yield f"instead of: {' '.join(text.instead_of.split())}"
        for kept in text.quarantines:
            yield f"kept: {kept.name} as {kept.place}"
        for place in text.restores:
            yield f"comes back: {place}"


def quiet_words(step: Step) -> str:
    """The statements that nobody would notice, counted and a few named; empty where there are none."""
    quiet = [one for one in statements_of(step) if not _stands_out(one)]
    writing = [one.summary for one in quiet if _writes_rows(one)]
    others = [one.summary for one in quiet if not _writes_rows(one)]
    told = [
        f"{', '.join(names[:_FEW])}{_rest(names)}: {waits}"
        for names, waits in ((writing, "only who writes the same rows waits"), (others, "nobody waits"))
        if names
    ]
    return "; ".join(told)


def _writes_rows(text: StatementText) -> bool:
    return any(effect.lock is Lock.ROW_EXCLUSIVE and not effect.new for effect in text.effects)


def _rest(names: Sequence[str]) -> str:
    return f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""


def differing(history: Sequence[MigrationStanding]) -> tuple[MigrationStanding, ...]:
    """Where folder and history differ: pending migrations are what a plan is about, and stand in it anyway."""
    return tuple(one for one in history if one.standing is not Standing.PENDING)


def standout_words(migration: PlannedMigration) -> str:
    """The gravest that a migration does to others, in one phrase: what is lost, else who waits."""
    effects = [each for step in migration.steps for one in statements_of(step) for each in one.effects]
    if (lost := next((each for each in effects if each.loss is not Loss.NONE), None)) is not None:
        return f"{_LOSSES[lost.loss]}: {lost.relation}"
    held = [each for each in effects if not each.new and each.lock.blocks_writes]
    if not held:
        return "nobody waits"
    worst = max(held, key=lambda each: (each.rewrite, each.scan, each.lock.strength))
    return f"blocks {worst.lock.blocks} of {worst.relation}"


def loses(plan: Plan) -> tuple[str, ...]:
    """What applying the plan takes away for good, in words; empty where nothing."""
    found = (
        f"{statement.summary} ({_LOSSES[effect.loss]})"
        for migration in plan.migrations
        for step in migration.steps
        for statement in statements_of(step)
        for effect in statement.effects
        if effect.loss is not Loss.NONE
    )
    return tuple(dict.fromkeys(found))
