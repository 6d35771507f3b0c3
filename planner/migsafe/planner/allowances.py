"""Exemptions in the SQL itself: `-- migsafe: allow RULE because REASON`, at the statement that they are for."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.schemas.policies import Exemption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement

FOR_EVER = dt.date.max
"""The expiry of an exemption that names none."""

_MENTIONED = re.compile(r"migsafe", re.IGNORECASE)
_COMMENTS = re.compile(
    # Quoted text first, so that what only looks like a comment in it is passed over.
    r"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)|"
    r"(?P<comment>--[^\r\n]*|/\*.*?\*/)",
    re.DOTALL,
)
_ALLOW = re.compile(r"(?:--|/\*)\s*migsafe\s*:\s*allow\b(?P<rest>.*?)(?:\*/)?\Z", re.DOTALL | re.IGNORECASE)
_MEANT = re.compile(
    r"(?:--|/\*)\s*migsafe\s*[:=-]?\s*(?:allow|ignore|disable|exempt|waive|skip|accept|off|nolint)\b", re.IGNORECASE
)
"""What others write who want something set aside."""
_SAID = re.compile(
    r"\s*(?P<rules>[a-z][a-z0-9-]*(?:\s*,\s*[a-z][a-z0-9-]*)*)"
    r"(?:\s+until\s+(?P<until>\d{4}-\d\d-\d\d))?"
    r"\s+because\s+(?P<reason>\S.*?)\s*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A comment that was meant as an exemption and is none."""

    line: int
    """Line in the file, from 1."""
    why: str


def allowances(statement: Statement) -> Iterator[Exemption | Unreadable]:
    """The exemptions in the comments before the statement, and behind it on its last line, in order.

    Their owner is the place of the comment; without `until` they hold for ever. A comment that seems to be meant as an
    exemption and is written otherwise, or stands inside of the statement, is told as one that cannot be read.
    """
    if _MENTIONED.search(statement.text) is None:
        return
    begin, end = len(statement.leading), len(statement.leading) + len(statement.sql)
    first = statement.line - statement.leading.count("\n")
    for found in _COMMENTS.finditer(statement.text):
        line = first + statement.text.count("\n", 0, found.start())
        if begin <= found.start() < end:
            yield from _inside(found[0], line)
        elif (said := _ALLOW.match(found["comment"] or "")) is not None:
            yield from _read(statement, line, said["rest"])
        elif _MEANT.match(found["comment"] or "") is not None:
            yield Unreadable(line, _WRITTEN_SO)


_WRITTEN_SO = "it does not read `migsafe: allow RULE [until YYYY-MM-DD] because REASON`"


def _inside(text: str, line: int) -> Iterator[Unreadable]:
    """A comment, or a quoted body, in the middle of the statement."""
    for start in re.finditer(r"--|/\*", text):
        if _MEANT.match(text, start.start()) is not None:
            yield Unreadable(
                line + text.count("\n", 0, start.start()), "it stands inside of the statement, not before it"
            )


def _read(statement: Statement, line: int, text: str) -> Iterator[Exemption | Unreadable]:
    said = _SAID.fullmatch(text)
    if said is None:
        yield Unreadable(line, _WRITTEN_SO)
        return
    try:
        until = dt.date.fromisoformat(said["until"]) if said["until"] else FOR_EVER
    except ValueError:
        yield Unreadable(line, f"{said['until']} is no day")
        return
    for rule in said["rules"].split(","):
        yield Exemption(
            rule=rule.strip(),
            migration=statement.path,
            statement=statement.sha256,
            owner=f"{statement.path}:{line}",
            reason=" ".join(said["reason"].split()),
            expires=until,
        )
