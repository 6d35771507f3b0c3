"""A problem as a person reads it, and as a program does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.lines import Line, Span, Tone, faint, line, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.problem import Place, Problem
    from migsafe.schemas.report import ProblemReport


def problem_lines(problem: Problem, width: int) -> Iterator[Line]:
    """What happened, where, why, and what to type next."""
    yield line(Span("error: ", Tone.BAD), Span(problem.what, Tone.STRONG))
    if problem.place is not None:
        yield from excerpt_lines(problem.place)
    if problem.why:
        yield from _labelled("why", problem.why, width)
    if problem.remedy:
        yield from _labelled("next", problem.remedy, width)


def excerpt_lines(place: Place) -> Iterator[Line]:
    """The place, and its line of text with a mark under the column."""
    yield line(faint(f"  --> {place}"))
    if not place.excerpt:
        return
    gutter = f"{place.line or '':>5} | "
    yield line(faint(gutter), place.excerpt.expandtabs(1))
    if place.column:
        yield line(faint(" " * 5 + " | "), " " * (place.column - 1), Span("^", Tone.BAD))


def problem_report(problem: Problem) -> ProblemReport:
    """The document that --json prints."""
    from migsafe.schemas.report import REPORT_FORMAT, ProblemReport  # noqa: PLC0415 - pydantic is slow to import

    place = problem.place
    return ProblemReport(
        kind="problem",
        format=REPORT_FORMAT,
        exit_code=problem.exit_code,
        what=problem.what,
        why=problem.why,
        remedy=problem.remedy,
        path=place.path if place else None,
        line=place.line if place else 0,
        column=place.column if place else 0,
    )


def _labelled(label: str, text: str, width: int) -> Iterator[Line]:
    for one in text.split("\n"):
        yield from paragraph(one, first=f"{label:>6}{':' if label else ' '} ", rest=" " * 8, width=width)
        label = ""
