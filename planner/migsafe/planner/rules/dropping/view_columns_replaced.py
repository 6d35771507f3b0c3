"""CREATE OR REPLACE VIEW without a column that the view has, or with another in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.actions.typename import TypeName, type_name
from migsafe.planner.rules.clues.deeds import Deed, deeds
from migsafe.planner.rules.rule import Hit, OnSet, Rule
from migsafe.planner.tree import inner, items, texts, unwrap, unwrapped, word
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


Shape: TypeAlias = "tuple[tuple[str, TypeName | None], ...]"
"""Names of a view's columns in order, and the types to which they are cast."""


def _find(migrations: tuple[Judged, ...], _state: SchemaState, _context: Context) -> Iterator[tuple[Statement, Hit]]:
    shapes: dict[QualifiedName, Shape | None] = {}
    for deed in deeds(migrations, *_KINDS):
        match deed.action:
            case act.CreateView(name=name, or_replace=or_replace):
                full, new = deed.full(name), _shape(deed.action)
                old = shapes.get(full) if or_replace else None
                if old is not None and new is not None and (told := _told(old, new)):
                    yield deed.statement, Hit(name, f"the view {name} {told}")
                shapes[full] = new
            case action:
                _forget(shapes, action, deed)


_KINDS = (act.CreateView, act.Drop, act.DropColumn, act.Rename, act.RenameColumn, act.SetSchema, act.DoBlock)


def _forget(shapes: dict[QualifiedName, Shape | None], action: act.Action, deed: Deed) -> None:
    match action:
        case act.Drop(cascade=True) | act.DropColumn(cascade=True) | act.DoBlock():
            shapes.clear()  # views may have gone unnamed
        case act.Drop(name=name) | act.Rename(name=name) | act.SetSchema(name=name) | act.RenameColumn(table=name):
            shapes.pop(deed.full(name), None)
        case _:
            pass


def _told(old: Shape, new: Shape) -> str:
    """The first column that PostgreSQL will not find again at its place."""
    for number, (name, kind) in enumerate(old):
        if number >= len(new):
            return f"loses its column {name}"
        if new[number][0] != name:
            return f"has {new[number][0]} where its column {name} is"
        other = new[number][1]
        if kind is not None and other is not None and kind != other:
            return f"gives its column {name} the type {other} instead of {kind}"
    return ""


def _shape(view: act.CreateView) -> Shape | None:
    """None where the text alone does not tell the columns."""
    query = inner(view.query.node, "SelectStmt") if view.query is not None else {}
    while inner(query, "larg"):  # the first part of UNION names the columns
        query = inner(query, "larg")
    found = [_column(target) for target in unwrapped(query, "targetList", "ResTarget")]
    named = [each for each in found if each is not None]
    if not named or len(named) != len(found):
        return None
    return tuple(
        (view.columns[number] if number < len(view.columns) else name, kind)
        for number, (name, kind) in enumerate(named)
    )


def _column(target: Node) -> tuple[str, TypeName | None] | None:
    kind, value = unwrap(inner(target, "val"))
    cast = type_name(inner(value, "typeName")) if kind == "TypeCast" else None
    while kind == "TypeCast":
        kind, value = unwrap(inner(value, "arg"))
    fields = items(value, "fields") if kind == "ColumnRef" else items(value, "funcname") if kind == "FuncCall" else []
    if any("A_Star" in field for field in fields):
        return None
    name = word(target, "name") or next(reversed(texts(fields)), "")
    return (name, cast) if name else None


RULE = Rule(
    name="view-columns-replaced",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=40,
    harm=(
        "CREATE OR REPLACE VIEW may only add columns at the end. PostgreSQL refuses one that drops, renames, moves or "
        "retypes a column: the migration stops."
    ),
    remedy=(
        "Keep the columns and add new ones last. If one must go, DROP VIEW and CREATE VIEW in one transaction, and "
        "grant the rights on it anew."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, note text, day date);
CREATE VIEW recent_orders AS SELECT id, note FROM orders;
""",
    unsafe="CREATE OR REPLACE VIEW recent_orders AS SELECT id, day FROM orders;",
    safe="CREATE OR REPLACE VIEW recent_orders AS SELECT id, note, day FROM orders;",
    check=OnSet(_find),
)
