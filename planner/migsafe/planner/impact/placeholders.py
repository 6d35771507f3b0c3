"""The parameters of application SQL, in the spellings of drivers and generators, as PostgreSQL's own $1, $2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the texts of a query consist of, as far as parameters are concerned. PostgreSQL's grammar cannot split these
# texts: most spellings are syntax errors to it.
_SPELLINGS = r"""
      (?P<quiet> --[^\n]* | /\*(?:[^*]|\*(?!/))*\*/
        | [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
        | \$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*|)\$.*?\$(?P=tag)\$
        | :: | := | @@ | @> | <@ | \?[|&] )
    | (?P<native> \$\d+ )
    | (?P<sqlc> \bsqlc\.(?P<form>n?arg|slice|embed)\(\s*(?P<q>['"]?)(?P<argument>\w+)(?P=q)\s*\) )
    | (?P<python> %\((?P<key>[^)]+)\)[sbt] | %[sbt](?!\w) )
    | (?P<percent> %% )
    | (?P<named> (?<![\w\])]):(?P<name>[A-Za-z_]\w*) | @(?P<at>[A-Za-z_]\w*) )
    | (?P<psql> :['"]\w+['"] )
    | (?P<mark> \? )
    | (?P<template> \{\{ | \{% | <% | \#\{ | \$\{ )
    | (?P<end> ; )
    | (?P<word> \w+ )
    | (?P<other> . )
"""


@cache
def _token() -> re.Pattern[str]:
    """Compiled at the first query: its ranges take 50 ms, and most plans have none."""
    return re.compile(_SPELLINGS, re.VERBOSE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Chunk:
    """The text between two semicolons from its first word on, and where that stands."""

    text: str
    line: int


class NoParameters(ValueError):  # noqa: N818 - an answer, told to people as the reason
    """The text has something in the place of a parameter that has no exact form as $n; says what."""


def chunks(text: str) -> Iterator[Chunk]:
    """The statements of a file, without their semicolons; those that are only blanks and comments are left out."""
    first = -1
    for token in _token().finditer(text):
        if token.lastgroup == "end":
            if first >= 0:
                yield _chunk(text, first, token.start())
            first = -1
        elif first < 0 and not token[0].isspace() and not token[0].startswith(("--", "/*")):
            first = token.start()
    if first >= 0:
        yield _chunk(text, first, len(text))


def _chunk(text: str, first: int, end: int) -> Chunk:
    return Chunk(text[first:end].strip(), text.count("\n", 0, first) + 1)


def numbered(text: str) -> str:
    """The statement with its parameters as $1, $2, ...; one that is named twice has one number.

    `?` is taken for a parameter; whoever calls has seen that the text is no SQL as it stands. Raises NoParameters.
    """
    numbers: dict[str, int] = {}
    styles = {token.lastgroup for token in _token().finditer(text)}
    if "native" in styles and styles & {"sqlc", "python", "named", "mark"}:
        raise NoParameters("it mixes $1 with parameters of another spelling")
    escaped = "python" in styles
    return _token().sub(lambda token: _replacement(token, numbers, escaped=escaped), text)


def _replacement(token: re.Match[str], numbers: dict[str, int], *, escaped: bool) -> str:
    match token.lastgroup:
        case "sqlc" if token["form"] == "embed":
            return f"{token['argument']}.*"
        case "sqlc" if token["form"] == "slice":
            raise NoParameters("sqlc.slice stands for a list whose length is not known")
        case "sqlc" | "named" | "python" | "mark":
            name = token["argument"] or token["name"] or token["at"] or token["key"] or f"?{len(numbers)}"
            return f"${numbers.setdefault(name, len(numbers) + 1)}"
        case "percent" if escaped:
            return "%"
        case "psql":
            raise NoParameters("a psql variable is replaced by the psql program only")
        case "template":
            raise NoParameters("it is a template, and its placeholders are filled in by the application")
        case _:
            return token[0]


def without_dollars(text: str) -> str:
    """The text with $n as :pN, for a reader that takes `$1,$` for a quote."""
    return _token().sub(lambda token: f" :p{token[0][1:]} " if token.lastgroup == "native" else token[0], text)


def has_named(text: str) -> bool:
    """Whether something in the text can only be meant as a parameter, although the grammar may take it for more."""
    return any(token.lastgroup in {"named", "sqlc", "python"} for token in _token().finditer(text))
