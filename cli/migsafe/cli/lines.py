"""Lines of text with tones: what reports are made of before a screen shows them."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from migsafe.cli.inert import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Tone(Enum):
    """What a stretch of text asks of the reader; the screen decides about colours."""

    PLAIN = auto()
    STRONG = auto()
    FAINT = auto()
    GOOD = auto()
    WARN = auto()
    BAD = auto()


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one tone. The text may come from anywhere: the screen makes it inert."""

    text: str
    tone: Tone = Tone.PLAIN


Line: TypeAlias = tuple[Span, ...]
"""One line; a newline inside a span is shown as `\\n` and never breaks it."""

EMPTY: Line = ()


def line(*parts: str | Span) -> Line:
    """A line of spans; bare texts are plain."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def strong(text: str) -> Span:
    """Text to be read first."""
    return Span(text, Tone.STRONG)


def faint(text: str) -> Span:
    """Text to be read last."""
    return Span(text, Tone.FAINT)


def paragraph(text: str, *, first: str = "", rest: str = "", width: int = 100) -> Iterator[Line]:
    """The text in lines of at most `width` columns, the first led by `first` and the others by `rest`."""
    room = max(width - max(len(first), len(rest)), 20)
    lead = first
    for wrapped in textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]:
        yield line(lead + wrapped)
        lead = rest


def aligned(rows: Iterable[Sequence[str | Span]], *, indent: str = "") -> Iterator[Line]:
    """The rows as columns that begin at the same place; the last column is left ragged."""
    spans = [tuple(Span(inert(span.text), span.tone) for span in line(*row)) for row in rows]
    widths = [max((len(row[at].text) for row in spans if at < len(row)), default=0) for at in range(_longest(spans))]
    for row in spans:
        padded = [Span(span.text.ljust(widths[at]) + "  ", span.tone) for at, span in enumerate(row[:-1])]
        yield line(indent, *padded, *row[-1:])


def _longest(rows: Sequence[Line]) -> int:
    return max((len(row) for row in rows), default=0)
