"""The SQL in a PL/pgSQL body, in the order of the text, as libpg_query's PL/pgSQL parser finds it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from migsafe.planner import libpg_query
from migsafe.planner.bodies.constants import array, elements_of, expression, is_array, shown, texts_of
from migsafe.planner.tree import inner, items, number, unwrap, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.tree import Json, Node


@dataclass(frozen=True, slots=True)
class Embedded:
    """SQL that the body runs."""

    line: int
    """Line in the body, from 1."""
    sql: str


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something of which only its run will tell what it does."""

    line: int
    """Line in the body, from 1; 0 where the whole body is meant."""
    what: str
    """As a clause."""


@lru_cache(maxsize=1024)
def read(create: str, given: tuple[tuple[str, str], ...] = ()) -> tuple[Embedded | Opaque, ...]:
    """What the body of one DO or CREATE FUNCTION statement runs. A body that cannot be read is one Opaque.

    `given` are the arguments that a call gives as constants, by name, or by `$1` and so on.
    """
    try:
        functions = libpg_query.parse_plpgsql(create.encode())
    except libpg_query.SyntaxProblem as problem:
        return (Opaque(0, f"the body cannot be read: {problem.message}"),)
    found: list[Embedded | Opaque] = []
    for each in functions:
        function = inner(each, "PLpgSQL_function") if isinstance(each, dict) else {}
        found.extend(_Reader.of(function, dict(given)).below(function.get("action")))
    return tuple(found)


@dataclass(slots=True)
class _Reader:
    """Walks a body and knows which values its variables can have."""

    datums: list[Node]
    known: dict[str, tuple[str, ...]]
    """The values of each variable that is never assigned; of an array under its name and `[]`."""

    @classmethod
    def of(cls, function: Node, given: dict[str, str]) -> _Reader:
        reader = cls(items(function, "datums"), {})
        changed = set(reader.assigned(function.get("action")))
        names = {word(unwrap(reader.datums[number_])[1], "refname") for number_ in changed}
        for name, text in given.items():
            if name not in names:
                reader.give(name, text)
        for number_, datum in enumerate(reader.datums):
            variable = inner(datum, "PLpgSQL_var")
            query = word(inner(inner(variable, "default_val"), "PLpgSQL_expr"), "query")
            if query and number_ not in changed:
                reader.learn(word(variable, "refname"), expression(query))
        return reader

    def assigned(self, node: Json) -> Iterator[int]:
        """The numbers of the variables that the body assigns to, except loop variables."""
        if isinstance(node, list):
            for item in node:
                yield from self.assigned(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key == "PLpgSQL_stmt_assign" and isinstance(value, dict):
                    yield number(value, "varno")
                elif key == "fields" and isinstance(value, list):  # the variables of INTO
                    yield from (number(field, "varno") for field in items(node, "fields"))
                elif isinstance(value, dict | list):
                    yield from self.assigned(value)

    def give(self, name: str, text: str) -> None:
        self.known[name] = (text,)
        if (elements := array(text)) is not None:
            self.known[f"{name}[]"] = elements

    def learn(self, name: str, node: Node) -> None:
        values = elements_of(node, self.known) if is_array(node) else texts_of(node, self.known)
        if values is not None:
            self.known[f"{name}[]" if is_array(node) else name] = values

    def below(self, node: Json) -> Iterator[Embedded | Opaque]:
        if isinstance(node, list):
            for item in node:
                yield from self.below(item)
        elif isinstance(node, dict):
            for kind, content in node.items():
                if isinstance(content, dict):
                    yield from self.statement(kind, content)
                elif isinstance(content, list):
                    yield from self.below(content)

    def statement(self, kind: str, node: Node) -> Iterator[Embedded | Opaque]:
        line = number(node, "lineno")
        match kind:
            case "PLpgSQL_stmt_execsql":
                yield Embedded(line, _query(node, "sqlstmt"))
            case "PLpgSQL_stmt_perform" | "PLpgSQL_stmt_call":
                yield Embedded(line, _query(node, "expr"))
            case "PLpgSQL_stmt_dynexecute":
                yield from self.run(line, _query(node, "query"))
            case "PLpgSQL_stmt_return_query":
                if query := _query(node, "query"):
                    yield Embedded(line, query)
                if dynamic := _query(node, "dynquery"):
                    yield from self.run(line, dynamic)
            case "PLpgSQL_stmt_assign" | "PLpgSQL_stmt_return" if query := _query(node, "expr"):
                value = query.partition(":=")[2] or query.partition("=")[2] if kind.endswith("assign") else query
                yield from _expression(line, value)
            case "PLpgSQL_stmt_if" | "PLpgSQL_if_elsif" | "PLpgSQL_stmt_while":
                yield from _expression(line, _query(node, "cond"))
                yield from self.below([value for key, value in node.items() if key != "cond"])
            case _:
                yield from self.loop(kind, node)

    def loop(self, kind: str, node: Node) -> Iterator[Embedded | Opaque]:
        """A loop over rows or elements, with what its variable can be; anything else is only walked through."""
        line = number(node, "lineno")
        match kind:
            case "PLpgSQL_stmt_fors":
                yield Embedded(line, _query(node, "query"))
                self.loop_over_query(node)
            case "PLpgSQL_stmt_dynfors":
                yield from self.run(line, _query(node, "query"))
            case "PLpgSQL_stmt_foreach_a":
                self.loop_over_array(node)
            case _:
                yield from self.below(node)
                return
        yield from self.below(node.get("body"))

    def run(self, line: int, query: str) -> Iterator[Embedded | Opaque]:
        node = expression(query)
        made = texts_of(node, self.known)
        if made is not None:
            yield from (Embedded(line, sql) for sql in made)
            return
        words = " … ".join(text.strip() for text in shown(node))
        told = f": {words[:80]}" if words else ""
        yield Opaque(line, f"EXECUTE runs SQL that is put together when it runs{told}")

    def loop_over_array(self, node: Node) -> None:
        variable = self.datums[number(node, "varno")]
        values = elements_of(expression(_query(node, "expr")), self.known)
        self.bind(word(unwrap(variable)[1], "refname"), values)

    def loop_over_query(self, node: Node) -> None:
        """`FOR v IN SELECT unnest(ARRAY[...])`; a record's field has the name of the column."""
        _, variable = unwrap(inner(node, "var"))
        name = word(variable, "refname")
        query = _query(node, "query").strip()
        if name == "(unnamed row)":
            name = ".".join(word(field, "name") for field in items(variable, "fields"))
        if query[:6].lower() != "select":
            return
        value = expression(query[6:])
        values = elements_of(value, self.known) if unwrap(value)[0] == "FuncCall" else None
        self.bind(name, values)
        self.bind(f"{name}.unnest", values)

    def bind(self, name: str, values: tuple[str, ...] | None) -> None:
        self.known.pop(name, None)
        if values is not None:
            self.known[name] = values


def _query(node: Node, key: str) -> str:
    return word(inner(inner(node, key), "PLpgSQL_expr"), "query")


def _expression(line: int, text: str) -> Iterator[Embedded]:
    """An expression as the SELECT that the server makes of it; without a call it does nothing."""
    if "(" in text:
        yield Embedded(line, f"SELECT {text.strip()}")
