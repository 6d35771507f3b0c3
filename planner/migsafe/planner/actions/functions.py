"""Functions, procedures and anonymous code blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import Call, expression
from migsafe.planner.actions.objects import kind_of, object_named
from migsafe.planner.actions.session import setting_value
from migsafe.planner.actions.typename import type_name
from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, flag, inner, items, named, texts, unwrap, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.actions.objects import ObjectKind
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class Argument:
    """A parameter of a function, or a column of RETURNS TABLE."""

    name: str
    type: TypeName
    mode: str
    """`in`, `out`, `inout`, `variadic` or `table`."""
    default: Expression | None


@value
class CreateFunction:
    """CREATE [OR REPLACE] FUNCTION or PROCEDURE."""

    name: QualifiedName
    procedure: bool
    or_replace: bool
    arguments: tuple[Argument, ...]
    returns: TypeName | None
    language: str
    """In lower case; `sql` where only a BEGIN ATOMIC or RETURN body is given."""
    body: str | None
    """The body's text; None for a body that is parsed SQL (BEGIN ATOMIC, RETURN)."""
    security_definer: bool
    volatility: str
    """`volatile`, `stable` or `immutable`."""
    strict: bool
    settings: tuple[tuple[str, str | None], ...]
    """SET clauses: name and value; None for FROM CURRENT."""

    @property
    def search_path(self) -> str | None:
        """The search path that it sets for itself, `""` for an empty one; None if it sets none."""
        found = dict(self.settings)
        return (found["search_path"] or "") if "search_path" in found else None


@value
class AlterFunction:
    """ALTER FUNCTION ... with what it changes; None for what it does not speak of."""

    kind: ObjectKind
    name: QualifiedName
    security_definer: bool | None
    volatility: str | None
    settings: tuple[tuple[str, str | None], ...]
    arguments: tuple[str, ...] | None = None
    """Types of the arguments; None where the statement leaves them out."""


@value
class DoBlock:
    """DO: an anonymous code block, run once."""

    language: str
    body: str


@value
class CallProcedure:
    """CALL."""

    call: Call


_MODES = {
    "FUNC_PARAM_OUT": "out",
    "FUNC_PARAM_INOUT": "inout",
    "FUNC_PARAM_VARIADIC": "variadic",
    "FUNC_PARAM_TABLE": "table",
}


def _argument(node: Node) -> Argument:
    mode = _MODES.get(word(node, "mode"), "in")
    return Argument(word(node, "name"), type_name(inner(node, "argType")), mode, expression(node, "defexpr"))


def _chosen(elements: list[Node]) -> dict[str, str]:
    """The options of a function but SET; of a repeated one the last."""
    return {
        word(element, "defname"): constant(inner(element, "arg")) or ""
        for element in elements
        if word(element, "defname") not in {"set", "as"}
    }


def _settings(elements: list[Node]) -> tuple[tuple[str, str | None], ...]:
    found = (inner(inner(each, "arg"), "VariableSetStmt") for each in elements if word(each, "defname") == "set")
    return tuple((word(each, "name"), setting_value(each)) for each in found)


def _body(elements: list[Node]) -> str | None:
    for element in elements:
        if word(element, "defname") == "as":
            kind, content = unwrap(inner(element, "arg"))
            parts = texts(items(content, "items")) if kind == "List" else (word(content, "sval"),)
            return ", ".join(parts)
    return None


def create_function(node: Node) -> tuple[CreateFunction]:
    """CreateFunctionStmt."""
    elements = unwrapped(node, "options", "DefElem")
    chosen = _chosen(elements)
    returns = inner(node, "returnType")
    return (
        CreateFunction(
            name=named(node, "funcname"),
            procedure=flag(node, "is_procedure"),
            or_replace=flag(node, "replace"),
            arguments=tuple(_argument(each) for each in unwrapped(node, "parameters", "FunctionParameter")),
            returns=type_name(returns) if returns else None,
            language=chosen.get("language", "sql").lower(),
            body=_body(elements),
            security_definer=chosen.get("security") == "true",
            volatility=chosen.get("volatility", "volatile"),
            strict=chosen.get("strict") == "true",
            settings=_settings(elements),
        ),
    )


def alter_function(node: Node) -> tuple[AlterFunction]:
    """AlterFunctionStmt."""
    elements = unwrapped(node, "actions", "DefElem")
    chosen = _chosen(elements)
    return (
        AlterFunction(
            kind_of(node, "objtype"),
            named(inner(node, "func"), "objname"),
            chosen["security"] == "true" if "security" in chosen else None,
            chosen.get("volatility"),
            _settings(elements),
            object_named(kind_of(node, "objtype"), {"ObjectWithArgs": inner(node, "func")}).arguments,
        ),
    )


def do_block(node: Node) -> tuple[DoBlock]:
    """DoStmt; without LANGUAGE it is plpgsql."""
    elements = unwrapped(node, "args", "DefElem")
    return (DoBlock(_chosen(elements).get("language", "plpgsql").lower(), _body(elements) or ""),)


def call_procedure(node: Node) -> tuple[CallProcedure]:
    """CallStmt."""
    called = inner(node, "funccall")
    arguments = tuple(constant(argument) for argument in items(called, "args"))
    return (CallProcedure(Call(named(called, "funcname"), arguments)),)
