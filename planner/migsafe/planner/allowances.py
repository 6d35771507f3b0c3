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

_COMMENT = re.compile(
    r"--[ \t]*migsafe[ \t]*:[ \t]*allow\b(?P<rest>[^\r\n]*)|/\*\s*migsafe\s*:\s*allow\b(?P<block>.*?)\*/", re.DOTALL
)
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

    Their owner is the place of the comment; without `until` they hold for ever.
    """
    if "migsafe" not in statement.text:
        return
    tail = len(statement.leading) + len(statement.sql)
    first = statement.line - statement.leading.count("\n")
    for start, text in ((0, statement.leading), (tail, statement.text[tail:])):
        for found in _COMMENT.finditer(text):
            line = first + statement.text.count("\n", 0, start + found.start())
            yield from _read(statement, line, found["rest"] if found["rest"] is not None else found["block"])


def _read(statement: Statement, line: int, text: str) -> Iterator[Exemption | Unreadable]:
    said = _SAID.fullmatch(text)
    if said is None:
        yield Unreadable(line, "it does not read `allow RULE [until YYYY-MM-DD] because REASON`")
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
