"""A file that holds more than one text: its sections, each with the very bytes that stand there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.source import BOM
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.migration import SqlFile

_NOTHING = re.compile(rb"(?:\s|--[^\n]*(?:\n|\Z))*\Z")


def section(path: str, content: bytes, start: int, end: int) -> SqlFile:
    """The bytes of a file from `start` to `end`, both at the beginning of a line, as a text with hashes of its own."""
    return replace(sql_file(path, content[start:end]), first_line=content.count(b"\n", 0, start) + 1)


def says_something(text: SqlFile) -> bool:
    """Whether there is more in it than blanks and `--` comments."""
    return _NOTHING.match(text.raw) is None


def lines(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each line begins, where the next one does, and the line without its end; past a byte order mark."""
    start = len(BOM) if content.startswith(BOM) else 0
    for line in content[start:].split(b"\n"):
        after = start + len(line) + 1
        yield start, after, line.removesuffix(b"\r")
        start = after


def misbuilt(path: str, line: int, what: str, why: str, remedy: str) -> Refusal:
    """A file whose sections the layout cannot tell apart; `line` is the one that shows it, 0 for the whole file."""
    return Refusal(what, why=why, remedy=remedy, place=Place(path, line))
