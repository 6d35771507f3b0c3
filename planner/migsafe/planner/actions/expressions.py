"""Expressions as statements write them: what they call, what they read, whether they are constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, inner, items, named, relation, texts, unwrap, walk, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Json, Node
    from migsafe.schemas.names import QualifiedName


@value
class Call:
    """One function call: its name and, where they are constants, its arguments."""

    function: QualifiedName
    arguments: tuple[str | None, ...]
    """Constant arguments as text, arrays of constants as `{a,b}`; None for NULL and for anything computed."""


@value
class Expression:
    """An expression of a statement, by its tree. Two are equal only if they are the same object."""

    node: Node

    def __eq__(self, other: object) -> bool:
        """Identity: comparing trees would recurse as deep as they are nested."""
        return self is other

    def __hash__(self) -> int:
        """By identity, as equality."""
        return id(self)

    def __repr__(self) -> str:
        """Its kind alone: trees are long."""
        return f"Expression({unwrap(self.node)[0]})"

    @property
    def is_null(self) -> bool:
        """Whether it is the constant NULL, cast or not."""
        node = self.node
        while "TypeCast" in node:
            node = inner(inner(node, "TypeCast"), "arg")
        return inner(node, "A_Const").get("isnull") is True

    @property
    def constant(self) -> str | None:
        """The constant's text (`0`, `true`, `abc`), cast or not; None if it is computed or NULL."""
        return constant(self.node)

    @property
    def calls(self) -> tuple[Call, ...]:
        """The function calls in it, outer before inner."""
        return calls(self.node)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names, each once, without their table."""
        references = (texts(items(node, "fields")) for kind, node in walk(self.node) if kind == "ColumnRef")
        return tuple(dict.fromkeys(parts[-1] for parts in references if parts))

    @property
    def volatile_calls(self) -> tuple[str, ...]:
        """See the function of this name."""
        return volatile_calls(self.node)


def expression(node: Node, key: str) -> Expression | None:
    """The expression under `key`, or None."""
    content = inner(node, key)
    return Expression(content) if content else None


def calls(node: Json) -> tuple[Call, ...]:
    """The function calls below a node."""
    return tuple(
        Call(named(content, "funcname"), tuple(_argument(argument) for argument in items(content, "args")))
        for kind, content in walk(node)
        if kind == "FuncCall"
    )


def _argument(node: Node) -> str | None:
    elements = items(inner(node, "A_ArrayExpr"), "elements")
    if not elements:
        return constant(node)
    found = [constant(element) for element in elements]
    plain = all(text is not None and text and not set(text) & set('{},"\\ ') for text in found)
    return "{" + ",".join(text or "" for text in found) + "}" if plain else None


def volatile_calls(node: Json) -> tuple[str, ...]:
    """Names of the called functions that are not known to be immutable or stable, each once.

    `now()` and CURRENT_TIMESTAMP are stable; random(), nextval(), gen_random_uuid(), clock_timestamp() and every
    function that is not PostgreSQL's own are named. A volatile default makes ADD COLUMN rewrite the table.
    """
    found = calls(node)
    if not found:
        return ()
    from migsafe.planner.actions.volatility import is_steady  # noqa: PLC0415 - a list of 1,900 names, rarely needed

    return tuple(dict.fromkeys(str(call.function) for call in found if not is_steady(call.function)))


def relations(node: Json) -> tuple[QualifiedName, ...]:
    """The tables and views that a query names in FROM, each once; names of its own WITH clauses are left out."""
    found: dict[QualifiedName, None] = {}
    own: set[str] = set()
    for kind, content in walk(node):
        if kind == "CommonTableExpr":
            own.add(word(content, "ctename"))
        elif kind == "RangeVar":
            found[relation(content)] = None
    return tuple(name for name in found if name.schema is not None or name.name not in own)
