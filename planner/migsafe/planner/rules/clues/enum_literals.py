"""Whether a statement uses a text literal as a value of an enum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.expressions import relations
from migsafe.planner.actions.typename import type_name
from migsafe.planner.parse import parse
from migsafe.planner.tree import constant, inner, items, relation_at, texts, unwrap, unwrapped, walk, word
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


def uses(statement: Statement, value: str, enum: QualifiedName, state: SchemaState) -> bool:
    """Whether the statement, when it runs, takes `'value'` for a value of the enum.

    A literal counts where it is cast to the enum, or meets a column, default or argument of that type; of a column
    that nothing is known of, it counts. The body of a function in SQL is read when it is made, that of one in plpgsql
    when it is called. Of a file whose trees were not kept (over 1 MiB), every statement with the literal counts.
    """
    if "'" + value.replace("'", "''") + "'" not in statement.sql:
        return False
    if not statement.node:
        return True
    return _Search(value, state.type_name(enum), state).in_statement(statement)


@dataclass(frozen=True, slots=True)
class _Search:
    value: str
    enum: QualifiedName
    state: SchemaState

    def in_statement(self, statement: Statement) -> bool:
        if any(self._in_body(each) for each in statement.actions if isinstance(each, act.CreateFunction)):
            return True
        node = dict(statement.node)
        tables = tuple(dict.fromkeys((*relations(node), *_targets(statement))))
        if any(self._in_action(each) for each in statement.actions) or self._written(statement.kind, node):
            return True
        return any(self._in_node(kind, content, tables) for kind, content in walk(node))

    def _in_body(self, made: act.CreateFunction) -> bool:
        if made.language != "sql" or made.body is None:
            return False
        try:
            inside = parse(made.body.encode(), "body")
        except Refusal:
            return False
        return any(uses(each, self.value, self.enum, self.state) for each in inside)

    def _in_action(self, action: act.Action) -> bool:
        match action:
            case act.SetDefault(table=table, column=column, default=default):
                return self._says(default.node) and self._of_column(column, (table,))
            case act.Select(calls=calls):
                return any(self._given(call.function, call.arguments) for call in calls)
            case act.CallProcedure(call=call):
                return self._given(call.function, call.arguments)
            case _:
                return False

    def _given(self, function: QualifiedName, arguments: tuple[str | None, ...]) -> bool:
        """Whether the literal is given for an argument of the enum's type."""
        overloads = self.state.functions.get(self.state.function_name(function), ())
        pairs = (pair for each in overloads for pair in zip(arguments, each.arguments, strict=False))
        return any(given == self.value and self._is_enum(kind) for given, kind in pairs)

    def _in_node(self, kind: str, content: Node, tables: tuple[QualifiedName, ...]) -> bool:
        match kind:
            case "TypeCast":
                return self._is(inner(content, "arg")) and self._is_enum(type_name(inner(content, "typeName")))
            case "ColumnDef":
                made = unwrapped(content, "constraints", "Constraint")
                default = any(self._says(inner(part, "raw_expr")) for part in made)
                return default and self._is_enum(type_name(inner(content, "typeName")))
            case "FunctionParameter":
                return self._says(inner(content, "defexpr")) and self._is_enum(type_name(inner(content, "argType")))
            case "A_Expr":
                left, right = inner(content, "lexpr"), inner(content, "rexpr")
                return self._compared(left, right, tables) or self._compared(right, left, tables)
            case "CaseExpr":
                whens = [inner(each, "expr") for each in unwrapped(content, "args", "CaseWhen")]
                return any(self._compared(inner(content, "arg"), each, tables) for each in whens)
            case _:
                return False

    def _compared(self, one: Node, other: Node, tables: tuple[QualifiedName, ...]) -> bool:
        column = texts(items(inner(one, "ColumnRef"), "fields"))
        return bool(column) and self._says(other) and self._of_column(column[-1], tables)

    def _written(self, kind: str, node: Node) -> bool:
        """Whether INSERT or UPDATE writes the literal into a column of the enum."""
        table = relation_at(node, "relation")
        match kind:
            case "UpdateStmt":
                return self._set(node, table)
            case "InsertStmt":
                query = inner(inner(node, "selectStmt"), "SelectStmt")
                names = [word(each, "name") for each in unwrapped(node, "cols", "ResTarget")] or self._columns(table)
                rows = [items(row, "items") for row in unwrapped(query, "valuesLists", "List")]
                rows.append([inner(each, "val") for each in unwrapped(query, "targetList", "ResTarget")])
                return any(self._row(names, row, table) for row in rows) or self._set(
                    inner(node, "onConflictClause"), table
                )
            case _:
                return False

    def _set(self, node: Node, table: QualifiedName) -> bool:
        targets = unwrapped(node, "targetList", "ResTarget")
        return any(self._says(inner(each, "val")) and self._of_column(word(each, "name"), (table,)) for each in targets)

    def _row(self, names: list[str], row: list[Node], table: QualifiedName) -> bool:
        """Whether a row has the literal at a column of the enum; what stands beyond the known columns counts."""
        for number, each in enumerate(row):
            if self._says(each) and (number >= len(names) or self._of_column(names[number], (table,))):
                return True
        return False

    def _columns(self, table: QualifiedName) -> list[str]:
        known = self.state.table(table)
        return list(known.columns) if known is not None else []

    def _of_column(self, column: str, tables: tuple[QualifiedName, ...]) -> bool:
        """Whether a column of one of the tables has the enum's type, or none of them is known to have the column."""
        found = [self.state.column(table, column) for table in tables]
        types = [each.type for each in found if each is not None and each.type is not None]
        return not types or any(self._is_enum(kind) for kind in types)

    def _is_enum(self, kind: TypeName) -> bool:
        return self.state.type_name(kind.qualified) == self.enum

    def _is(self, node: Node) -> bool:
        return "TypeCast" not in node and constant(node) == self.value

    def _says(self, node: Node) -> bool:
        """Whether one of the values that an expression may have is the literal, not cast to anything."""
        return any(self._is(each) for each in _results(node))


def _results(node: Node) -> Iterator[Node]:
    kind, content = unwrap(node)
    match kind:
        case "CaseExpr":
            outcomes = [inner(each, "result") for each in unwrapped(content, "args", "CaseWhen")]
            parts = [*outcomes, inner(content, "defresult")]
        case "CoalesceExpr":
            parts = items(content, "args")
        case "A_ArrayExpr":
            parts = items(content, "elements")
        case "List":
            parts = items(content, "items")
        case _:
            parts = []
            yield node
    for part in parts:
        yield from _results(part)


def _targets(statement: Statement) -> Iterable[QualifiedName]:
    """The tables that conditions of the statement speak of without a FROM."""
    for action in statement.actions:
        match action:
            case act.CreateTable(name=name):
                yield name
            case act.AddColumn(table=table) | act.AddConstraint(table=table) | act.CreateIndex(table=table):
                yield table
            case act.Insert(table=table) | act.Update(table=table) | act.Delete(table=table) | act.Merge(table=table):
                yield table
            case act.CreatePolicy(table=table) | act.AlterPolicy(table=table) | act.CreateTrigger(table=table):
                yield table
            case _:
                pass
