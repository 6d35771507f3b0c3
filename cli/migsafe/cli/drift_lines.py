"""Drift in words: what differs from what the last run left, object by object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.lines import Line, Span, Tone, line, paragraph
from migsafe.cli.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.report import DriftReport


def drift_lines(report: DriftReport, width: int) -> Iterator[Line]:
    """Whether there is drift, since when, and each difference as a sentence under its object."""
    against = _against(report)
    if report.objects:
        yield line(Span(f"{plural(len(report.objects), 'object')} drifted ", Tone.BAD), against)
    else:
        yield line(Span("no drift ", Tone.GOOD), against)
    for drifted in report.objects:
        yield line(Span(f"  {drifted.object}", Tone.STRONG))
        for change in drifted.changes:
            yield from paragraph(change.sentence, first="    ", rest="      ", width=width)
    for note in report.notes:
        yield from paragraph(note, first="  note: ", rest="        ", width=width)


def _against(report: DriftReport) -> str:
    match report.against:
        case "replay":
            return "from what the applied migrations make on a scratch server"
        case "run" if report.run is not None:
            return f"since {report.at[:19]} (run {report.run[:8]} by {report.actor})"
        case _:
            return f"since {report.at[:19]} (accepted by {report.actor})"
