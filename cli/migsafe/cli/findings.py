"""Findings as a compiler shows them: the place, the harm, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.lines import EMPTY, Line, Span, Tone, faint, line, paragraph
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.schemas.finding import Finding, Waiver

TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.WARN, Severity.NOTICE: Tone.STRONG, Severity.OFF: Tone.FAINT}
_HASH = 12


def finding_lines(finding: Finding, *, indent: str = "", width: int = 100) -> Iterator[Line]:
    """One finding: what, where with the line underlined, who is harmed, what to do."""
    if finding.waiver is not None:
        said = f"{finding.rule}: {waiver_words(finding.waiver)}"
        yield from paragraph(said, first=indent, rest=indent + "  ", width=width)
        return
    yield from _head(finding, indent, width)
    if finding.severity is Severity.NOTICE:
        yield line(faint(f"{indent}  --> {_place(finding)}"))
        return
    yield from _excerpt(finding, indent, width)
    for label, text in (("harm", finding.harm), ("help", finding.remedy)):
        if text:
            yield from labelled(label, text, indent, width)
    yield from _difference(finding, indent)
    if finding.statement:
        more = f"migsafe explain {finding.rule}; to accept it: statement {finding.statement[:_HASH]}"
        yield line(faint(f"{indent}  more: {more}"))


def waiver_words(waiver: Waiver) -> str:
    """`waived by ana until 2027-01-31: REASON`; without an end where it has none."""
    until = f" until {waiver.expires}" if waiver.expires else ""
    return f"waived by {waiver.owner}{until}: {waiver.reason}"


def difference(finding: Finding) -> tuple[str, ...]:
    """The safer SQL as a difference to the statement's first line, one line each; none where there is no such SQL."""
    safer = [text.rstrip() for text in finding.safer.splitlines()]
    kept = finding.excerpt.strip().rstrip(";")
    removed = [] if not kept or any(text.strip().rstrip(";") == kept for text in safer) else [f"- {finding.excerpt}"]
    added = (f"  {text}" if text.strip().rstrip(";") == kept else f"+ {text}".rstrip() for text in safer)
    return (*removed, *added) if safer else ()


def _difference(finding: Finding, indent: str) -> Iterator[Line]:
    tones = {"-": Tone.BAD, "+": Tone.GOOD}
    for number, text in enumerate(difference(finding)):
        if number == 0:
            yield line(f"{indent}  safer:")
        yield line(Span(f"{indent}    {text}", tones.get(text[:1], Tone.FAINT)))


def labelled(label: str, text: str, indent: str, width: int) -> Iterator[Line]:
    """A labelled paragraph; line breaks of the text (SQL in a remedy) are kept."""
    first, rest = f"{indent}  {label}: ", indent + " " * (len(label) + 4)
    for one in text.splitlines():
        yield from paragraph(one, first=first, rest=rest, width=width)
        first = rest


def all_findings(findings: Iterable[Finding], *, indent: str = "", width: int = 100) -> Iterator[Line]:
    """Findings, gravest first, with an empty line between them; those that are switched off are left out."""
    shown = sorted((one for one in findings if one.severity is not Severity.OFF), key=lambda one: -one.severity.rank)
    for at, finding in enumerate(shown):
        if at:
            yield EMPTY
        yield from finding_lines(finding, indent=indent, width=width)


def _head(finding: Finding, indent: str, width: int) -> Iterator[Line]:
    mark = f"{finding.severity}[{finding.rule}]"
    told = tuple(paragraph(f"{mark}: {finding.detail}", first=indent, rest=indent + "  ", width=width))
    text = told[0][0].text.removeprefix(indent + mark)
    yield line(indent, Span(mark, TONES[finding.severity]), Span(text, Tone.STRONG))
    for more in told[1:]:
        yield line(Span(more[0].text, Tone.STRONG))


def _place(finding: Finding) -> str:
    return ":".join(str(part) for part in (finding.path, finding.line, finding.column) if part)


def _excerpt(finding: Finding, indent: str, width: int) -> Iterator[Line]:
    if place := _place(finding):
        yield line(faint(f"{indent}  --> {place}"))
    if not finding.excerpt.strip() or not finding.line:
        return
    gutter = max(len(str(finding.line)), 4)
    room = max(width - len(indent) - gutter - len(" | "), _LEAST)
    text, start = _clipped(finding.excerpt.expandtabs(1).rstrip(), max(finding.column - 1, 0), room)
    mark = "^" * max(len(text) - start, 1)
    yield line(faint(f"{indent}{finding.line:>{gutter}} | "), text)
    yield line(faint(f"{indent}{'':>{gutter}} | "), " " * start, Span(mark, TONES[finding.severity]))


def _clipped(text: str, start: int, room: int) -> tuple[str, int]:
    """The part of a long line that fits, from `start` on where the line before it is long too, and where it begins."""
    if start > room // 2:
        text, start = f"{_CUT}{text[start:]}", len(_CUT)
    return (text if len(text) <= room else f"{text[: room - len(_CUT)]}{_CUT}"), start


_CUT = "..."
_LEAST = 20
"""Columns of SQL that are shown however narrow the screen is."""
