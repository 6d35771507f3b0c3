"""Texts that code puts together from constants: what EXECUTE will run, where that can be known without running it."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query
from migsafe.planner.tree import constant, inner, items, named, number, texts, unwrap, walk, word
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.tree import Node

_REFERENCES = {"ColumnRef", "ParamRef"}
MANY = 500
"""A variable with more values than this counts as unknown."""


def expression(text: str) -> Node:
    """The tree of a PL/pgSQL expression; empty where it cannot be read."""
    try:
        (statement,) = libpg_query.parse(f"SELECT {text}".encode())
    except (libpg_query.SyntaxProblem, ValueError):
        return {}
    (target, *more) = items(inner(inner(statement, "stmt"), "SelectStmt"), "targetList") or [{}]
    return {} if more else inner(inner(target, "ResTarget"), "val")


def texts_of(node: Node, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Every text that the expression can give while each variable has one of its known values; None if unknown."""
    named_here = {
        name for kind, content in walk(node) if kind in _REFERENCES and (name := _reference(content)) in known
    }
    names = sorted(named_here)
    if not node:
        return None
    found: dict[str, None] = {}
    for values in product(*(known[name] for name in names)):
        made = _text(node, dict(zip(names, values, strict=True)))
        if made is None or len(found) >= MANY:
            return None
        found[made] = None
    return tuple(found)


def elements_of(node: Node, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """The elements of an array that is written out (`ARRAY[...]`, `'{...}'`) or of a known variable."""
    kind, content = unwrap(node)
    match kind:
        case "TypeCast":
            return elements_of(inner(content, "arg"), known)
        case "A_ArrayExpr":
            made = [_text(item, {}) for item in items(content, "elements")]
            return tuple(text for text in made if text is not None) if None not in made and len(made) <= MANY else None
        case "ColumnRef" | "ParamRef":
            return known.get(f"{_reference(content)}[]")
        case "FuncCall" if named(content, "funcname").name == "unnest" and len(items(content, "args")) == 1:
            return elements_of(items(content, "args")[0], known)
        case _:
            text = constant(node)
            return array(text) if text is not None else None


def array(text: str) -> tuple[str, ...] | None:
    """The elements of an array literal without quotes and nesting; None for any other text."""
    inside = text.strip()
    plain = inside.startswith("{") and inside.endswith("}") and not set(inside[1:-1]) & set('{}"\\')
    return tuple(part.strip() for part in inside[1:-1].split(",") if part.strip()) if plain else None


def _reference(content: Node) -> str:
    """The variable's name; `$1` of a parameter without one."""
    return f"${number(content, 'number')}" if "number" in content else ".".join(texts(items(content, "fields")))


def _text(node: Node, values: Mapping[str, str]) -> str | None:
    kind, content = unwrap(node)
    match kind:
        case "TypeCast":
            return _text(inner(content, "arg"), values)
        case "ColumnRef" | "ParamRef":
            return values.get(_reference(content))
        case "A_Expr" if texts(items(content, "name")) == ("||",):
            return _joined([_text(inner(content, side), values) for side in ("lexpr", "rexpr")])
        case "FuncCall":
            return _called(
                named(content, "funcname").name, [_text(argument, values) for argument in items(content, "args")]
            )
        case _:
            return constant(node)


def _joined(parts: list[str | None]) -> str | None:
    return None if None in parts else "".join(part for part in parts if part is not None)


def _called(function: str, arguments: list[str | None]) -> str | None:
    known = [argument for argument in arguments if argument is not None]
    if not known or len(known) < len(arguments):
        return None
    match function:
        case "format":
            return _formatted(known[0], known[1:])
        case "concat":
            return "".join(known)
        case "quote_ident":
            return quoted(known[0])
        case "quote_literal":
            return _literal(known[0])
        case _:
            return None


_SPECIFIER = re.compile(r"%(?:(\d+)\$)?(-?\d*)([sIL%])")


def _formatted(template: str, arguments: list[str]) -> str | None:
    """What format() gives; None for what it would refuse, and for widths, which SQL text does not use."""
    made: list[str] = []
    end, taken = 0, 0
    for found in _SPECIFIER.finditer(template):
        made.append(template[end : found.start()])
        end = found.end()
        position, width, letter = found.groups()
        if letter == "%":
            made.append("%")
            continue
        taken = int(position) if position else taken + 1
        if width or not 0 < taken <= len(arguments):
            return None
        value = arguments[taken - 1]
        made.append({"s": value, "I": quoted(value), "L": _literal(value)}[letter])
    rest = template[end:]
    return None if "%" in rest else "".join([*made, rest])


def _literal(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"E'{doubled}'".replace("\\", "\\\\") if "\\" in text else f"'{doubled}'"


def shown(node: Node) -> Iterator[str]:
    """The constant texts of an expression, in order: what can be told of SQL that is put together."""
    for kind, content in walk(node):
        if kind == "A_Const" and (text := constant({"A_Const": content})):
            yield text


def is_array(node: Node) -> bool:
    """Whether the expression is written as an array."""
    kind, content = unwrap(node)
    if kind == "TypeCast":
        return bool(items(inner(content, "typeName"), "arrayBounds")) or is_array(inner(content, "arg"))
    return kind == "A_ArrayExpr" or (kind == "A_Const" and word(inner(content, "sval"), "sval").startswith("{"))
