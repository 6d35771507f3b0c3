"""Asking before the target is changed: never assumed, never waited for where nobody can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.lines import Span, Tone, line, paragraph
from migsafe.cli.wording import cost_words, loses, plural, risk_words, target_words, task_words
from migsafe.schemas.plan import Direction, Plan, UndoClass
from migsafe.schemas.problem import Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.cli.options import Consent
    from migsafe.cli.screen import Screen

_NO_BACKUP = "no backup"
_MOST_GRAVE = 12
"""Of what cannot be taken back; losses come first."""


class NotConfirmed(Problem):
    """The person who was asked said no."""


def require_consent(plan: Plan, where: str, consent: Consent, screen: Screen) -> None:
    """Say what will be done where, and go on only if somebody agrees.

    A plan that loses data wants the project's name typed. Raises Refusal where nobody can be asked and --yes is
    missing, NotConfirmed where the answer is no.
    """
    screen.tell([line(Span(f"{plan.project}: ", Tone.STRONG), f"{task_words(plan)} to {target_words(plan)} ({where})")])
    grave = tuple(_grave(plan))
    for one in grave[:_MOST_GRAVE]:
        screen.tell(paragraph(one, first="  ! ", rest="    ", width=screen.width))
    if (more := len(grave) - _MOST_GRAVE) > 0:
        screen.tell([line(f"  ! and {more:,} more, as the review says")])
    if consent.yes:
        return
    _require_person(screen, "--yes")
    if grave:
        _require_word(screen, f"Type {plan.project} to go on:", plan.project)
    elif screen.ask(f"Go on with {plural(len(plan.migrations), 'migration')}, {risk_words(plan.risk)}? [y/N]") not in {
        "y",
        "Y",
        "yes",
    }:
        raise _declined()


def waiver_words(plan: Plan, consent: Consent, screen: Screen) -> str | None:
    """How the backup that is due was waived, for the ledger; None where it is taken. Raises as `require_consent`."""
    if not (consent.skip_backup and plan.backup.due):
        return None
    if consent.accept_no_backup:
        return "--skip-backup --i-accept-no-backup"
    _require_person(screen, "--i-accept-no-backup beside --skip-backup")
    screen.say("Without a backup nothing brings lost data back. That it was skipped is recorded for ever.")
    _require_word(screen, f"Type {_NO_BACKUP} to go on:", _NO_BACKUP)
    return "--skip-backup, confirmed at the prompt"


def _grave(plan: Plan) -> Iterator[str]:
    """What cannot be taken back, in words."""
    for loss in loses(plan):
        yield f"loses data: {loss}"
    match plan.direction:
        case Direction.UP:
            for one in plan.migrations:
                if one.undo.undo_class is UndoClass.IRREVERSIBLE:
                    yield f"{one.file} {cost_words(one.undo)}: {one.undo.reason}"
        case Direction.DOWN:
            for one in plan.migrations:
                if one.undo.undo_class is not UndoClass.LOSSLESS:
                    yield f"undoing {one.file}: {one.undo.undo_class}: {one.undo.reason}"
        case Direction.PURGE:
            pass  # each loss is told above


def _require_person(screen: Screen, instead: str) -> None:
    if not screen.interactive:
        raise Refusal(
            "this needs a confirmation, and nobody can be asked",
            why="there is no terminal, or --json was asked for; nothing was changed",
            remedy=f"if it is right as it stands, say so with {instead}",
        )


def _require_word(screen: Screen, question: str, word: str) -> None:
    if screen.ask(question) != word:
        raise _declined()


def _declined() -> NotConfirmed:
    return NotConfirmed(
        "it was not confirmed", why="nothing was changed", remedy="look at it again: migsafe plan, migsafe status"
    )
