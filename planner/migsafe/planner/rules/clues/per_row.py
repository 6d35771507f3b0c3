"""Calls of a policy that answer the same for every row and yet are made for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.tree import flag, inner, items, named, number, walk, word

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.parse import Statement
    from migsafe.planner.tree import Json, Node

_OF_AUTH = frozenset({"uid", "jwt", "role", "email"})
"""Functions of Supabase's schema auth: each reads a setting of the session and takes JSON apart."""


def per_row(condition: Expression) -> tuple[Node, ...]:
    """The calls of auth.uid() and the like, and of current_setting, that stand in no `(SELECT call)` of their own.

    PostgreSQL runs such a sub-select once for the whole statement, and what stands bare once for each row.
    """
    found: list[Node] = []
    waiting: list[tuple[Json, bool]] = [(condition.node, False)]
    while waiting:
        node, once = waiting.pop()
        if isinstance(node, list):
            waiting.extend((each, once) for each in reversed(node))
        if not isinstance(node, dict):
            continue
        call = inner(node, "FuncCall")
        if call and not once and _same_for_all(call):
            found.append(call)
        for key, value in node.items():
            waiting.append((value, _once(value) if key == "SubLink" else once))
    return tuple(found)


def _same_for_all(call: Node) -> bool:
    name = named(call, "funcname")
    if name.schema == "auth" and name.name in _OF_AUTH:
        return True
    setting = name.name == "current_setting" and name.schema in {None, "pg_catalog"}
    return setting and all(kind != "ColumnRef" for kind, _ in walk(items(call, "args")))  # type: ignore[arg-type]


def _once(link: Json) -> bool:
    """Whether a sub-select is a scalar one that reads no table."""
    if not isinstance(link, dict) or word(link, "subLinkType") != "EXPR_SUBLINK":
        return False
    query = inner(inner(link, "subselect"), "SelectStmt")
    return bool(query) and not items(query, "fromClause") and not flag(query, "all")


def spelled(call: Node) -> str:
    """The call in words: `auth.uid()`."""
    return f"{named(call, 'funcname')}()"


_CALL = re.compile(r"""(?:"?\w+"?\s*\.\s*)?"?\w+"?\s*\((?:[^()']|'(?:[^']|'')*')*\)""")


def wrapped(statement: Statement, calls: tuple[Node, ...]) -> str:
    """The statement with `(SELECT call)` in place of each call; empty where its text does not show them plainly."""
    text = statement.sql.encode()
    origin = statement.start + len(statement.leading.encode())
    for place in sorted((number(call, "location") - origin for call in calls), reverse=True):
        match = _CALL.match(text[place:].decode()) if 0 <= place < len(text) else None
        if match is None or not statement.node:
            return ""
        said = match[0].encode()
        text = text[:place] + b"(SELECT " + said + b")" + text[place + len(said) :]
    return text.decode() + ";"
