"""Typed access to libpg_query's JSON tree, where a field that is false, 0 or empty is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Node: TypeAlias = "dict[str, Json]"

_EMPTY: Node = {}


def word(node: Node, key: str) -> str:
    """The text under `key`, or an empty one."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def number(node: Node, key: str) -> int:
    """The whole number under `key`, or 0."""
    value = node.get(key)
    return value if isinstance(value, int) else 0


def flag(node: Node, key: str) -> bool:
    """Whether `key` is there and true."""
    return node.get(key) is True


def inner(node: Node, key: str) -> Node:
    """The node under `key`, or an empty one."""
    value = node.get(key)
    return value if isinstance(value, dict) else _EMPTY


def items(node: Node, key: str) -> list[Node]:
    """The nodes of the list under `key`; none if it is absent."""
    value = node.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def unwrap(node: Node) -> tuple[str, Node]:
    """Kind and content of a wrapped node, e.g. `{"RangeVar": {...}}`; an empty kind for an empty node."""
    for kind, content in node.items():
        return kind, content if isinstance(content, dict) else _EMPTY
    return "", _EMPTY


def unwrapped(node: Node, key: str, kind: str) -> list[Node]:
    """The contents of those items under `key` that are of one kind."""
    return [content for item in items(node, key) if isinstance(content := item.get(kind), dict)]


def texts(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The values of String nodes, in order; other nodes are left out."""
    return tuple(word(content, "sval") for node in nodes if isinstance(content := node.get("String"), dict))


def dotted(parts: tuple[str, ...]) -> QualifiedName:
    """The name that `schema, name` or `name` spells; a database before the schema is dropped."""
    return QualifiedName(parts[-1] if parts else "", parts[-2] if len(parts) > 1 else None)


def named(node: Node, key: str) -> QualifiedName:
    """The name that the String nodes under `key` spell."""
    return dotted(texts(items(node, key)))


def relation(range_var: Node) -> QualifiedName:
    """The relation that a RangeVar names."""
    return QualifiedName(word(range_var, "relname"), word(range_var, "schemaname") or None)


def relation_at(node: Node, key: str) -> QualifiedName:
    """The relation of the unwrapped RangeVar under `key`."""
    return relation(inner(node, key))


def role(spec: Node) -> str:
    """The role that a RoleSpec names; `public`, `current_user`, `current_role` and `session_user` in lower case."""
    kind = word(spec, "roletype")
    return word(spec, "rolename") if kind == "ROLESPEC_CSTRING" else kind.removeprefix("ROLESPEC_").lower()


def roles(node: Node, key: str) -> tuple[str, ...]:
    """The roles that the RoleSpec nodes under `key` name."""
    return tuple(role(spec) for spec in unwrapped(node, key, "RoleSpec"))


def constant(node: Node) -> str | None:
    """A constant as text (`A_Const`, `String`, `Integer`, `Float`, `Boolean`); None for anything else and for NULL."""
    kind, content = unwrap(node)
    while kind == "TypeCast":
        kind, content = unwrap(inner(content, "arg"))
    if kind == "A_Const":
        return None if flag(content, "isnull") else _literal(content)
    return _literal({_FIELDS[kind]: content}) if kind in _FIELDS else None


_FIELDS = {"String": "sval", "Integer": "ival", "Float": "fval", "Boolean": "boolval"}


def _literal(content: Node) -> str | None:
    match content:
        case {"sval": dict(value)}:
            return word(value, "sval")
        case {"ival": dict(value)}:
            return str(number(value, "ival"))
        case {"fval": dict(value)}:
            return word(value, "fval")
        case {"boolval": dict(value)}:
            return "true" if flag(value, "boolval") else "false"
        case {"bsval": dict(value)}:
            return word(value, "bsval")
        case _:
            return None


def options(node: Node, key: str) -> dict[str, str]:
    """The DefElem nodes under `key` as name and value; an option without a value reads `true`."""
    found = {}
    for element in unwrapped(node, key, "DefElem"):
        space = word(element, "defnamespace")
        name = f"{space}.{word(element, 'defname')}" if space else word(element, "defname")
        found[name] = _option_value(inner(element, "arg"))
    return found


def _option_value(argument: Node) -> str:
    if not argument:
        return "true"
    value = constant(argument)
    if value is not None:
        return value
    kind, content = unwrap(argument)
    if kind == "TypeName":
        return ".".join(texts(items(content, "names")))
    if kind == "List":
        return ", ".join(texts(items(content, "items")))
    return ""


def walk(node: Json) -> Iterator[tuple[str, Node]]:
    """Each wrapped node below `node` (kind and content), parents before children, in the order of the text.

    Loops instead of recursing: an expression may be tens of thousands of levels deep.
    """
    waiting: list[Json] = [node]
    while waiting:
        match waiting.pop():
            case dict(mapping):
                for key, value in mapping.items():
                    if isinstance(value, dict) and key[0].isupper():
                        yield key, value
                waiting.extend(reversed([value for value in mapping.values() if isinstance(value, dict | list)]))
            case list(values):
                waiting.extend(reversed(values))
            case _:
                pass
