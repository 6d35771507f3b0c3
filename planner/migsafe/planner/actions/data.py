"""Statements that read and write rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import Expression, calls, expression, relations
from migsafe.planner.actions.indexes import OFF
from migsafe.planner.actions.tables import CreateTableAs
from migsafe.planner.actions.unread import Unread
from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, flag, inner, items, options, relation_at, texts, unwrap, unwrapped, word

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Call
    from migsafe.planner.actions.vocabulary import Action
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class Insert:
    """INSERT."""

    table: QualifiedName
    columns: tuple[str, ...]
    rows: int | None
    """Rows of VALUES; None if a query gives them."""
    sources: tuple[QualifiedName, ...]
    """The relations that its query reads."""
    on_conflict: str | None
    """`nothing`, `update`, or None."""


@value
class Update:
    """UPDATE."""

    table: QualifiedName
    columns: tuple[str, ...]
    where: Expression | None
    every_row: bool
    """There is no WHERE, or one that holds for every row (`true`, `1 = 1`)."""
    sources: tuple[QualifiedName, ...]


@value
class Delete:
    """DELETE."""

    table: QualifiedName
    where: Expression | None
    every_row: bool
    """There is no WHERE, or one that holds for every row (`true`, `1 = 1`)."""
    sources: tuple[QualifiedName, ...]


@value
class Merge:
    """MERGE."""

    table: QualifiedName
    acts: tuple[str, ...]
    """Of `insert`, `update`, `delete`, `nothing`."""
    sources: tuple[QualifiedName, ...]


@value
class Select:
    """SELECT or VALUES on its own: what it reads, and which functions it calls for their effect."""

    sources: tuple[QualifiedName, ...]
    calls: tuple[Call, ...]
    locks_rows: bool
    """FOR UPDATE, FOR SHARE and the like."""


@value
class Copy:
    """COPY; `table` is None for a query. COPY FROM STDIN never gets here."""

    table: QualifiedName | None
    is_from: bool
    filename: str | None
    program: bool


@value
class Explain:
    """EXPLAIN; with `analyze` the statement is run, and its actions follow this one."""

    analyze: bool


def _written_first(node: Node) -> tuple[Action, ...]:
    """The actions of data-modifying WITH clauses."""
    found: list[Action] = []
    for clause in unwrapped(inner(node, "withClause"), "ctes", "CommonTableExpr"):
        kind, query = unwrap(inner(clause, "ctequery"))
        if kind != "SelectStmt":
            found.extend(_query(kind, query))
    return tuple(found)


def _query(kind: str, node: Node) -> tuple[Action, ...]:
    match kind:
        case "InsertStmt":
            return insert(node)
        case "UpdateStmt":
            return update(node)
        case "DeleteStmt":
            return delete(node)
        case "MergeStmt":
            return merge(node)
        case "SelectStmt":
            return select(node)
        case _:
            return (Unread(kind),)


def always_true(where: Expression | None) -> bool:
    """Whether a WHERE is absent, or holds for every row whatever its columns are: `true`, `1 = 1`, `true OR a = 1`."""
    return where is None or _truth(where.node) is True


def _truth(node: Node) -> bool | None:
    """What a condition of constants comes to; None where it depends on a column, or on NULL."""
    if (said := constant(node)) in {"true", "false"}:
        return said == "true"
    joined = inner(node, "BoolExpr")
    parts = [_truth(part) for part in items(joined, "args")]
    match word(joined, "boolop"):
        case "AND_EXPR":
            return False if False in parts else None if None in parts else True
        case "OR_EXPR":
            return True if True in parts else None if None in parts else False
        case "NOT_EXPR":
            return None if parts[0] is None else not parts[0]
        case _:
            return _compared(inner(node, "A_Expr"))


def _compared(comparison: Node) -> bool | None:
    """Two equal constants compared by `=`; of different ones the types would have to be known."""
    if texts(items(comparison, "name")) != ("=",) or word(comparison, "kind") != "AEXPR_OP":
        return None
    left, right = constant(inner(comparison, "lexpr")), constant(inner(comparison, "rexpr"))
    return True if left is not None and left == right else None


_CONFLICTS = {"ONCONFLICT_NOTHING": "nothing", "ONCONFLICT_UPDATE": "update"}


def insert(node: Node) -> tuple[Action, ...]:
    """InsertStmt."""
    query = inner(inner(node, "selectStmt"), "SelectStmt")
    values = items(query, "valuesLists")
    made = Insert(
        relation_at(node, "relation"),
        tuple(word(each, "name") for each in unwrapped(node, "cols", "ResTarget")),
        len(values) if values else (None if query else 1),
        () if values else relations({"SelectStmt": query, "withClause": inner(node, "withClause")}),
        _CONFLICTS.get(word(inner(node, "onConflictClause"), "action")),
    )
    return (*_written_first(node), made)


def update(node: Node) -> tuple[Action, ...]:
    """UpdateStmt."""
    where = expression(node, "whereClause")
    columns = tuple(word(each, "name") for each in unwrapped(node, "targetList", "ResTarget"))
    made = Update(relation_at(node, "relation"), columns, where, always_true(where), relations(node))
    return (*_written_first(node), made)


def delete(node: Node) -> tuple[Action, ...]:
    """DeleteStmt. With USING, `true` is still every row that joins, so only the constant WHERE is looked at."""
    where = expression(node, "whereClause")
    return (
        *_written_first(node),
        Delete(relation_at(node, "relation"), where, always_true(where), relations(node)),
    )


def merge(node: Node) -> tuple[Action, ...]:
    """MergeStmt."""
    found = (word(each, "commandType") for each in unwrapped(node, "mergeWhenClauses", "MergeWhenClause"))
    acts = tuple(dict.fromkeys(each.removeprefix("CMD_").lower() for each in found))
    return (*_written_first(node), Merge(relation_at(node, "relation"), acts, relations(node)))


def select(node: Node) -> tuple[Action, ...]:
    """SelectStmt; SELECT INTO makes a table."""
    into = inner(node, "intoClause")
    written = _written_first(node)
    if into:
        temporary = word(inner(into, "rel"), "relpersistence") == "t"
        made = CreateTableAs(relation_at(into, "rel"), False, relations(node), temporary=temporary)
        return (*written, made)
    return (*written, Select(relations(node), calls(node), bool(items(node, "lockingClause"))))


def copy(node: Node) -> tuple[Copy]:
    """CopyStmt."""
    table = relation_at(node, "relation") if inner(node, "relation") else None
    return (Copy(table, flag(node, "is_from"), word(node, "filename") or None, flag(node, "is_program")),)


def explain(node: Node) -> tuple[Action, ...]:
    """ExplainStmt."""
    analyze = options(node, "options").get("analyze", "off") not in OFF
    kind, query = unwrap(inner(node, "query"))
    return (Explain(analyze), *(_query(kind, query) if analyze else ()))
