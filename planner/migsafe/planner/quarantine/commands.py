"""The commands of one ALTER TABLE, each with its own text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query
from migsafe.planner.tree import inner, unwrap, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node

_HEAD = "ALTER TABLE t "
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of an ALTER TABLE."""

    text: str
    """As the file has it."""
    kind: str
    """libpg_query's word, e.g. `AT_DropColumn`."""
    name: str
    """Its column or constraint, where it names one."""


def commands(sql: str) -> tuple[Command, ...] | None:
    """The commands of an ALTER TABLE in their order; None where their texts cannot be told apart.

    The text is cut where the grammar takes both sides: no comma is ever taken for a border that is none.
    """
    whole = _parsed(sql)
    if not whole:
        return None
    for space in _SPACE.finditer(sql):
        rest = sql[space.end() :]
        if (found := _parsed(_HEAD + rest)) is not None and _same(found, whole):
            return _cut(rest, whole)
    return None


def _cut(text: str, whole: list[Node]) -> tuple[Command, ...] | None:
    found: list[Command] = []
    for number, node in enumerate(whole, start=1):
        last = number == len(whole)
        end = len(text) if last else _border(text, whole[number - 1], whole[number:])
        if end is None:
            return None
        piece, text = text[:end], text[end + 1 :]
        name = word(node, "name") or word(inner(inner(node, "def"), "ColumnDef"), "colname")
        found.append(Command(piece.strip().rstrip(";").rstrip(), word(node, "subtype"), name))
    return tuple(found)


def _border(text: str, first: Node, rest: list[Node]) -> int | None:
    """Where the comma stands that ends the first command."""
    at = text.find(",")
    while at != -1:
        left, right = _parsed(_HEAD + text[:at] + "\n"), _parsed(_HEAD + text[at + 1 :])
        if left is not None and right is not None and _same(left, [first]) and _same(right, rest):
            return at
        at = text.find(",", at + 1)
    return None


def _same(one: list[Node], other: list[Node]) -> bool:
    return [_named(each) for each in one] == [_named(each) for each in other]


def _named(node: Node) -> tuple[str, str, str]:
    return word(node, "subtype"), word(node, "name"), word(inner(inner(node, "def"), "ColumnDef"), "colname")


def _parsed(sql: str) -> list[Node] | None:
    try:
        statements = libpg_query.parse(sql.encode())
    except libpg_query.SyntaxProblem:
        return None
    if len(statements) != 1:
        return None
    kind, node = unwrap(inner(statements[0], "stmt"))
    return unwrapped(node, "cmds", "AlterTableCmd") if kind == "AlterTableStmt" else None
