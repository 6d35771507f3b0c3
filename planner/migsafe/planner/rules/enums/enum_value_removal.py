"""A column moved to an enum that lacks values of the one it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.actions.typename import TypeName
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.tree import constant, walk
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import TypeState


def _before(context: Context, kind: TypeName) -> TypeState | None:
    """The enum that a column has: under its new name, where the transaction renamed it to make room."""
    for action in context.earlier():
        match action:
            case act.Rename(kind=ObjectKind.TYPE, name=old, new_name=new) if old.name == kind.name:
                return context.state.type_of(TypeName(new, old.schema)) or context.state.type_of(kind)
            case _:
                pass
    return context.state.type_of(kind)


def _constants(expression: Expression | None) -> set[str | None]:
    node = expression.node if expression is not None else {}
    return {constant({kind: content}) for kind, content in walk(node) if kind == "A_Const"}


def _cared_for(value: str, action: act.AlterColumnType, context: Context) -> bool:
    """Whether USING maps the value, or the transaction has updated or deleted its rows."""
    changes = (each for each in context.earlier() if isinstance(each, act.Update | act.Delete))
    conditions = [action.using, *(each.where for each in changes if each.table == action.table)]
    return any(value in _constants(condition) for condition in conditions)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterColumnType(table=table, column=column, type=wanted) if context.live(table):
            known = context.state.column(table, column)
            old = _before(context, known.type) if known is not None and known.type is not None else None
            new = context.state.type_of(wanted)
            if old is None or new is None or {old.kind, new.kind} != {"enum"}:
                return
            lost = [value for value in old.values if value not in new.values and not _cared_for(value, action, context)]
            if lost:
                said = ", ".join(f"'{value}'" for value in lost)
                yield Hit(table, f"a row of {table} with {column} {said} makes it fail")
        case _:
            pass


RULE = Rule(
    name="enum-value-removal",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=35,
    harm="A single row with a removed value makes it fail, and released code that still sends the value gets an error "
    "from then on.",
    remedy="Keep the value and forbid it with a CHECK that is validated later; an unused value costs nothing.",
    before="""
CREATE TYPE mood AS ENUM ('happy', 'calm');
CREATE TABLE people (id bigint PRIMARY KEY, mood mood);
""",
    unsafe="""
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('happy');
ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::text::mood;
DROP TYPE mood_old;
""",
    safe="""
ALTER TABLE people ADD CONSTRAINT people_not_calm CHECK (mood <> 'calm') NOT VALID;
-- next migration
ALTER TABLE people VALIDATE CONSTRAINT people_not_calm;
""",
    check=OnActions((act.AlterColumnType,), _find),
)
