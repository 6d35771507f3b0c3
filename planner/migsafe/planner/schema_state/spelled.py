"""Types, expressions and names as the catalog spells them, read with PostgreSQL's own grammar."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query
from migsafe.planner.actions.expressions import Expression
from migsafe.planner.actions.functions import create_function
from migsafe.planner.actions.typename import TypeName, type_name
from migsafe.planner.tree import inner, unwrapped
from migsafe.schemas.names import QualifiedName, parsed

if TYPE_CHECKING:
    from migsafe.planner.actions.functions import Argument
    from migsafe.planner.tree import Node

_NONE: Node = {}


class SpelledExpression(Expression):
    """An expression by its text, of which the tree is made when somebody asks for it."""

    __slots__ = ("_text", "_tree")
    _text: str
    _tree: Node | None

    def __init__(self, text: str) -> None:
        """Keep the text."""
        object.__setattr__(self, "_text", text)
        object.__setattr__(self, "_tree", None)

    @property
    def node(self) -> Node:
        """The tree; an empty one where the grammar refuses the text."""
        known = self._tree
        if known is None:
            known = _tree(self._text)
            object.__setattr__(self, "_tree", known)
        return known


@lru_cache(maxsize=4096)
def _tree(text: str) -> Node:
    targets = unwrapped(_statement(f"SELECT {text}", "SelectStmt"), "targetList", "ResTarget")
    return inner(targets[0], "val") if targets else _NONE


def _statement(sql: str, kind: str) -> Node:
    try:
        (found,) = libpg_query.parse(sql.encode())
    except libpg_query.SyntaxProblem:
        return _NONE
    return inner(inner(found, "stmt"), kind)


def expression(text: str | None) -> Expression | None:
    """The expression of the text, or None."""
    return SpelledExpression(text) if text is not None else None


@lru_cache(maxsize=4096)
def type_of(text: str) -> TypeName | None:
    """The type that `format_type` spells; None where the grammar refuses it."""
    cast = inner(_tree(f"NULL::{text}"), "TypeCast")
    return type_name(inner(cast, "typeName")) if cast else None


@lru_cache(maxsize=4096)
def arguments(text: str) -> tuple[Argument, ...]:
    """The arguments that `pg_get_function_identity_arguments` spells; none where the grammar refuses them."""
    node = _statement(f"CREATE FUNCTION f({text}) RETURNS void LANGUAGE sql AS ''", "CreateFunctionStmt")
    return create_function(node)[0].arguments if node else ()


def defaults(definition: str) -> tuple[str | None, ...]:
    """The defaults of a function's last arguments as text, None for what is computed, by its `pg_get_functiondef`."""
    if " DEFAULT " not in definition.partition("\n RETURNS ")[0]:
        return ()
    node = _statement(definition, "CreateFunctionStmt")
    found = create_function(node)[0].arguments if node else ()
    return tuple(each.default.constant for each in found if each.default is not None)


_PLAIN = re.compile(r'[a-z_][a-z0-9_$]*\Z|"(?:[^"]|"")+"\Z')


def column(text: str) -> str | None:
    """The column that a key of an index is; None for an expression."""
    return parsed(text).name if _PLAIN.match(text) else None


_KEY = re.compile(r"(RANGE|LIST|HASH) \((.*)\)\Z", re.DOTALL)


def partition_key(text: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Strategy and columns of what stands after PARTITION BY; an expression in it is an empty name."""
    found = _KEY.match(text or "")
    if found is None:
        return None, ()
    parts = [part.strip() for part in found[2].split(",")]
    return found[1].lower(), tuple(column(part) or "" for part in parts)


def name(text: str) -> QualifiedName:
    """The qualified name that the catalog gives."""
    schema, dot, rest = text.partition(".")
    if dot and '"' not in text:
        return QualifiedName(rest, schema)
    return parsed(text)


def setting(texts: tuple[str, ...], wanted: str) -> str | None:
    """The value of one of `name=value`, without the quotes of an empty one; None where it is not among them."""
    for text in texts:
        key, _, value = text.partition("=")
        if key == wanted:
            return "" if value == '""' else value
    return None


def condition(definition: str) -> str | None:
    """The condition of `CHECK (...) [NO INHERIT] [NOT VALID]`, in its parentheses."""
    start, end = definition.find("("), definition.rfind(")")
    return definition[start : end + 1] if definition.startswith("CHECK") and start >= 0 else None


ON_DELETE = re.compile(r"ON DELETE (NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT)")


def on_delete(definition: str) -> str:
    """What a foreign key does when the row that it refers to goes."""
    found = ON_DELETE.search(definition)
    return found[1].lower() if found else "no action"
