"""What a rehearsal showed, in words: where it was done, what it found, and what each statement changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.lines import Line, Span, Tone, faint, line, paragraph
from migsafe.cli.wording import plural
from migsafe.schemas.base_from import BaseFrom
from migsafe.schemas.evidence import Agreement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.evidence import Evidence, MigrationEvidence, StatementEvidence
    from migsafe.schemas.plan import Plan

_MOST_CHANGES = 12
_MOST_NAMES = 6


def rehearsal_words(plan: Plan) -> str:
    """Whether the plan was rehearsed and where; empty where there was nothing to rehearse."""
    if plan.evidence is None:
        return "" if plan.not_rehearsed is None else f"not rehearsed: {plan.not_rehearsed}"
    return f"{_outcome(plan.evidence)} on {_server(plan.evidence)}{_network(plan.evidence)}{_stand_ins(plan.evidence)}"


def rehearsal_lines(plan: Plan, width: int) -> Iterator[Line]:
    """The same for the head of a review, with how predictions fared and what the shadow lacked."""
    words = rehearsal_words(plan)
    if not words:
        return
    good = plan.evidence is not None and plan.evidence.failure is None
    for one in paragraph(words, first="  ", rest="    ", width=width):
        yield tuple(Span(span.text, Tone.PLAIN if good else Tone.WARN) for span in one)
    if plan.evidence is None:
        return
    for reason in plan.evidence.shadow.left_out[:_MOST_NAMES]:
        yield from paragraph(reason, first="    not there: ", rest="      ", width=width)
    if (more := len(plan.evidence.shadow.left_out) - _MOST_NAMES) > 0:
        yield line(faint(f"    and {more} more that could not be brought along"))


def change_lines(migration: MigrationEvidence | None, width: int) -> Iterator[Line]:
    """What each statement of a migration changes in the catalog."""
    told = [(each.line, change) for each in (migration.statements if migration else ()) for change in each.changes]
    if not told:
        return
    yield line(faint("   changes, as rehearsed:"))
    for number, change in told[:_MOST_CHANGES]:
        yield from paragraph(change, first=f"     line {number}: ", rest="       ", width=width)
    if (more := len(told) - _MOST_CHANGES) > 0:
        yield line(faint(f"     and {more} more: --json"))


def evidence_for(plan: Plan, file: str) -> MigrationEvidence | None:
    """What was measured of one migration, if it was rehearsed."""
    if plan.evidence is None:
        return None
    return next((each for each in plan.evidence.migrations if each.file == file), None)


def _outcome(evidence: Evidence) -> str:
    if evidence.failure is not None:
        return "the rehearsal failed"
    told = [one.agreement for each in _statements(evidence) for one in each.comparisons]
    wrong = told.count(Agreement.CONTRADICTED)
    confirmed = plural(told.count(Agreement.CONFIRMED), "effect")
    corrected = f", {plural(wrong, 'effect')} corrected" if wrong else ""
    return f"rehearsed in {evidence.duration_ms / 1000:.1f} s, {confirmed} confirmed{corrected},"


def _statements(evidence: Evidence) -> Iterator[StatementEvidence]:
    for migration in evidence.migrations:
        yield from migration.statements


def _server(evidence: Evidence) -> str:
    shadow = evidence.shadow
    other = "" if shadow.same_major else " (another major version than the target's)"
    origin = "the target's schema" if shadow.base_from is BaseFrom.TARGET else "the replayed history"
    rows = f" and {plural(shadow.generated_rows, 'generated row')} in each table" if shadow.generated_rows else ""
    return f"PostgreSQL {shadow.server_version // 10_000}{other} with {origin}{rows}"


def _network(evidence: Evidence) -> str:
    return ", no network" if evidence.shadow.network_closed else ", its network open"


def _stand_ins(evidence: Evidence) -> str:
    names = evidence.shadow.stand_ins
    if not names:
        return ""
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"; stand-ins for {', '.join(names[:_MOST_NAMES])}{rest}"
