"""The review of a plan: what a tired engineer must know, in a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.findings import all_findings
from migsafe.cli.lines import EMPTY, Line, Span, Tone, aligned, faint, line, paragraph, strong
from migsafe.cli.rehearsal_lines import change_lines, evidence_for, rehearsal_lines
from migsafe.cli.round_trip_words import proof_words
from migsafe.cli.wording import (
    backup_words,
    differing,
    effect_words,
    instead_words,
    noteworthy,
    quiet_words,
    reason_words,
    risk_words,
    standout_words,
    step_words,
    target_words,
    task_words,
    undo_words,
    waived_words,
)
from migsafe.schemas.plan import Direction, UndoClass
from migsafe.schemas.severity import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.plan import MigrationStanding, Plan, PlannedMigration
    from migsafe.schemas.step import Step

RISK_TONES = {Level.LOW: Tone.GOOD, Level.MEDIUM: Tone.WARN, Level.HIGH: Tone.BAD, Level.CRITICAL: Tone.BAD}
_MOST_POINTS = 5
_FEW, _MANY = 2, 50
_MOST_STANDINGS = 10


def review_lines(plan: Plan, *, width: int, next_step: str = "") -> Iterator[Line]:
    """The whole review; `next_step` is what to type now, empty where the plan is carried out at once."""
    yield from _header(plan, width)
    yield from _overview(plan.migrations)
    yield from _standings(plan.history, width)
    if plan.findings:
        yield EMPTY
        yield from all_findings(plan.findings, width=width)
    for number, migration in enumerate(plan.migrations, start=1):
        yield EMPTY
        yield from _migration(number, migration, plan, width)
    if plan.migrations:
        yield EMPTY
        yield from _footer(plan, width)
    if next_step:
        yield from paragraph(next_step, first="Next    ", rest="        ", width=width)


def nothing_to_do(plan: Plan) -> Line:
    """The one line of an empty plan that is allowed."""
    return line(Span("Nothing to do: ", Tone.GOOD), f"{plan.project} is up to date in {target_words(plan)}.")


def _header(plan: Plan, width: int) -> Iterator[Line]:
    yield line(strong(f"Plan {plan.id[:8]} for {plan.project}"), f", {target_words(plan)}")
    if plan.saved_facts is not None:
        yield line(Span(f"  made from facts saved at {plan.saved_facts}; the target itself was not asked", Tone.WARN))
    risk = Span(risk_words(plan.risk), RISK_TONES[plan.risk.level])
    every = (*plan.findings, *(finding for each in plan.migrations for finding in each.findings))
    yield line(f"  {', '.join((task_words(plan), *waived_words(every)))}, ", risk)
    yield from rehearsal_lines(plan, width)
    if plan.verdict.allowed:
        yield line("  verdict: ", Span("may be applied", Tone.GOOD))
        return
    yield line("  verdict: ", Span("refused", Tone.BAD))
    for reason in plan.verdict.reasons:
        yield from paragraph(reason, first="    - ", rest="      ", width=width)


def _overview(migrations: tuple[PlannedMigration, ...]) -> Iterator[Line]:
    """One line for each of several migrations, to see at a glance which of them wants to be read."""
    if len(migrations) < _FEW or len(migrations) > _MANY:
        return
    yield EMPTY
    rows = (
        (
            f"{at}.",
            one.file,
            Span(f"{one.risk.score:>3} {one.risk.level}", RISK_TONES[one.risk.level]),
            standout_words(one),
        )
        for at, one in enumerate(migrations, start=1)
    )
    yield from aligned(rows, indent="  ")


def _standings(history: tuple[MigrationStanding, ...], width: int) -> Iterator[Line]:
    astray = differing(history)
    if not astray:
        return
    yield EMPTY
    yield line(strong("Folder and history differ"))
    for one in astray[:_MOST_STANDINGS]:
        yield line("  ", Span(f"{one.standing}", Tone.WARN), f"  {one.file or one.label or one.name}")
        if one.detail:
            yield from paragraph(one.detail, first="      ", rest="      ", width=width)
    if len(astray) > _MOST_STANDINGS:
        yield line(faint(f"  and {len(astray) - _MOST_STANDINGS} more: migsafe status"))


def _migration(number: int, migration: PlannedMigration, plan: Plan, width: int) -> Iterator[Line]:
    direction = plan.direction
    risk = Span(risk_words(migration.risk), RISK_TONES[migration.risk.level])
    yield line(strong(f"{number}. {'undo ' if direction is Direction.DOWN else ''}{migration.file}"), "  ", risk)
    for at, step in enumerate(migration.steps, start=1):
        yield from _step(at, step, width)
    yield from change_lines(evidence_for(plan, migration.file), width)
    if direction is Direction.UP:
        label = "undo: "
        tone = Tone.BAD if migration.undo.undo_class is UndoClass.IRREVERSIBLE else Tone.FAINT
        for text in paragraph(undo_words(migration.undo), first=f"   {label}", rest=" " * 9, width=width):
            yield tuple(Span(span.text, tone) for span in text)
        if proof := proof_words(migration.undo, evidence_for(plan, migration.file)):
            yield from paragraph(proof, first="         ", rest=" " * 9, width=width)
        if migration.undo.generated:
            yield from (line(faint(f"     {text}")) for text in (migration.undo.sql or "").splitlines())
    if any(one.counts or one.waiver for one in migration.findings):
        yield EMPTY
        yield from all_findings(migration.findings, indent="   ", width=width)


def _step(at: int, step: Step, width: int) -> Iterator[Line]:
    yield line(f"   step {at}: {step_words(step)}")
    for text in noteworthy(step):
        yield line(f"     {text.summary}")
        for effect in filter(None, map(effect_words, text.effects)):
            yield from paragraph(effect, first="       ", rest="         ", width=width)
        if text.risk.points:
            for told in paragraph(reason_words(text.risk), first="       ", rest="         ", width=width):
                yield tuple(Span(span.text, RISK_TONES[text.risk.level]) for span in told)
    for said in instead_words(step):
        yield from paragraph(said, first="     ", rest="       ", width=width)
    if quiet := quiet_words(step):
        yield from paragraph(quiet, first="     ", rest="     ", width=width)


def _footer(plan: Plan, width: int) -> Iterator[Line]:
    yield from paragraph(backup_words(plan), first="Backup  ", rest="        ", width=width)
    yield line("Risk    ", Span(risk_words(plan.risk), RISK_TONES[plan.risk.level]))
    for one in plan.risk.points[:_MOST_POINTS]:
        yield from paragraph(one.fact, first=f"{one.points:>10}  {one.dimension:<13} ", rest=" " * 26, width=width)
    if (more := len(plan.risk.points) - _MOST_POINTS) > 0:
        yield line(faint(f"        and {more} smaller"))
    yield line(f"Expires {plan.expires_at}")
