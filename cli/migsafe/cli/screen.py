"""The only module that prints: results to stdout, everything else to stderr, nothing unasked."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from migsafe.cli.inert import inert, inert_json, uncommanding
from migsafe.cli.lines import Line, Span, Tone, line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migsafe.schemas.document import Document

_CODES = {Tone.STRONG: "1", Tone.FAINT: "2", Tone.GOOD: "32", Tone.WARN: "33", Tone.BAD: "1;31"}
_WIDEST = 100
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a run prints, and what was asked about how."""

    json: bool = False
    """Whether stdout gets exactly one JSON document and nothing else."""
    verbose: bool = False
    """Whether details and tracebacks are told."""
    color: bool = False
    """Whether terminals get colours."""

    @classmethod
    def asked(cls, arguments: Sequence[str], environment: Mapping[str, str]) -> Screen:
        """The screen that a command line asks for, read without a parser so that it serves its errors too."""
        before = arguments[: arguments.index("--")] if "--" in arguments else arguments
        dull = "--no-color" in before or environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
        return cls(json="--json" in before, verbose="--verbose" in before, color=not dull)

    @property
    def interactive(self) -> bool:
        """Whether a person can be asked: stdin and stderr are terminals, and no JSON was asked for."""
        return not self.json and _terminal(sys.stdin) and _terminal(sys.stderr)

    @property
    def width(self) -> int:
        """Columns to write in."""
        return max(_NARROWEST, min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST))

    def show(self, lines: Iterable[Line]) -> None:
        """Print a result to stdout; with --json nothing, because the document tells it."""
        if not self.json:
            self._write(sys.stdout, lines)

    def raw(self, text: str) -> None:
        """Print a finished text (Markdown, JSON) to stdout."""
        _put(sys.stdout, text if text.endswith("\n") else text + "\n")

    def document(self, document: Document) -> None:
        """Print the one JSON document of this run to stdout."""
        self.raw(inert_json(document.model_dump_json()))

    def tell(self, lines: Iterable[Line]) -> None:
        """Print messages to stderr."""
        self._write(sys.stderr, lines)

    def say(self, text: str) -> None:
        """Print one message to stderr."""
        self.tell([line(text)])

    def detail(self, text: str) -> None:
        """Print one message to stderr if --verbose asks for it."""
        if self.verbose:
            self.tell([line(Span(text, Tone.FAINT))])

    def passing(self, text: str) -> None:
        """Show a line that the next one replaces; only on a terminal that can."""
        if self.color and _terminal(sys.stderr):
            _put(sys.stderr, "\r\x1b[K" + inert(text)[: self.width - 1] + "\r")

    def ask(self, question: str) -> str:
        """The answer of a person. Call it only where `interactive` says that there is one."""
        _put(sys.stderr, uncommanding(inert(question)) + " ")
        return sys.stdin.readline().strip()

    def _write(self, stream: TextIO | None, lines: Iterable[Line]) -> None:
        terminal = self.color and _terminal(stream)
        clear = "\r\x1b[K" if terminal and stream is sys.stderr else ""
        for spans in lines:
            text = "".join(_painted(span, self.color and terminal) for span in _harmless(spans))
            _put(stream, f"{clear}{text.rstrip()}\n")


def _harmless(spans: Line) -> Line:
    """The line with inert texts, and no command at its start even where several spans make one."""
    shown = [Span(inert(span.text), span.tone) for span in spans]
    whole = "".join(span.text for span in shown)
    return tuple(shown) if uncommanding(whole) == whole else (Span(uncommanding(whole)),)


def _painted(span: Span, color: bool) -> str:  # noqa: FBT001 - private, one caller
    code = _CODES.get(span.tone)
    return f"\x1b[{code}m{span.text}\x1b[0m" if color and code else span.text


def _terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _put(stream: TextIO | None, text: str) -> None:
    """Write and flush; a stream that was closed before we began is None and takes nothing."""
    if stream is None or stream.closed:
        return
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def let_go() -> None:
    """Point stdout and stderr elsewhere after their reader left, so that nothing complains at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
