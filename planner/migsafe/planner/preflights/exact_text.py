"""The text of an expression as its author wrote it, proved to be exactly that expression."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, cast

from migsafe.planner import libpg_query
from migsafe.planner.tree import inner, items, unwrap, unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.tree import Json, Node

_PLACES = {"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"}
_MOST_TRIES = 400
_LONGEST = 64 * 1024
_ENDS = re.compile(rb"[\s,);]|\Z")
_CALL = "proof"


def exact_text(node: Node, statement: Statement) -> str | None:
    """The words of `statement` that spell the expression `node` of it; None where no slice is proved to.

    The parser tells where tokens of an expression begin and not where it ends. So slices are tried, and one is taken
    only if PostgreSQL's own parser reads it, as one argument of a call, to the same tree. It may stand wherever an
    expression may, in brackets of its own and on lines of its own.
    """
    found = sorted(place for place in _places(node) if place >= 0)
    if not found or len(statement.sql) > _LONGEST:
        return None
    text = statement.sql.encode()
    # Places count from the start of the file; in a file of more than 1 MiB, from the start of the statement.
    base = statement.start + len(statement.leading.encode()) if statement.node else 0
    slices = itertools.islice(_slices(text, found[0] - base, found[-1] - base), _MOST_TRIES)
    try:
        wanted = _without_places(node)
        return next((each.decode() for each in slices if _spells(each, wanted)), None)
    except RecursionError:
        return None


def _slices(text: bytes, first: int, last: int) -> Iterator[bytes]:
    """What may be the expression, shorter ones first; `first` and `last` are where its tokens begin."""
    for start in _starts(text, first):
        for match in _ENDS.finditer(text, max(last, start) + 1):
            yield text[start : match.start()]


def _starts(text: bytes, first: int) -> Iterator[int]:
    """Where the expression may begin: at its first token, or at a bracket before it."""
    yield first
    for at in range(first - 1, -1, -1):
        if text[at : at + 1] == b"(":
            yield at
        elif not text[at : at + 1].isspace():
            return


def _spells(text: bytes, wanted: Json) -> bool:
    """Whether the text is one whole expression, and that one: it must not get out of the brackets around it."""
    try:
        parsed = libpg_query.parse(b"SELECT " + _CALL.encode() + b"(\n" + text + b"\n, 1)")
    except libpg_query.SyntaxProblem:
        return False
    if len(parsed) != 1:
        return False
    targets = unwrapped(inner(inner(parsed[0], "stmt"), "SelectStmt"), "targetList", "ResTarget")
    if len(targets) != 1:
        return False
    kind, call = unwrap(inner(targets[0], "val"))
    arguments = items(call, "args")
    named = [unwrap(part)[1].get("sval") for part in items(call, "funcname")]
    return (kind, named, len(arguments)) == ("FuncCall", [_CALL], 2) and _without_places(arguments[0]) == wanted


def _places(node: Json) -> Iterator[int]:
    waiting: list[Json] = [node]
    while waiting:
        match waiting.pop():
            case dict(mapping):
                place = mapping.get("location")
                if isinstance(place, int):
                    yield place
                waiting.extend(mapping.values())
            case list(values):
                waiting.extend(values)
            case _:
                pass


def _without_places(node: Json) -> Json:
    """The tree without places. Raises RecursionError for what no person writes by hand."""
    match node:
        case dict(mapping):
            return {key: _without_places(value) for key, value in mapping.items() if key not in _PLACES}
        case list(values):
            return [_without_places(value) for value in values]
        case _:
            return cast("Json", node)
