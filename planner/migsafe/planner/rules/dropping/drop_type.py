"""DROP TYPE or DROP DOMAIN with CASCADE, which drops columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.around import only_act
from migsafe.planner.rules.in_use import TYPES, in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.objects import ObjectKind
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=kind, name=name, cascade=True) if kind in TYPES and in_use(context, kind, name):
            users = list(_users(name, context))
            which = ", ".join(users) if users else "every column of it"
            yield Hit(str(name), f"{which} is dropped with the {kind} {name}", _safer(kind, name, users, context))
        case _:
            pass


def _users(name: QualifiedName, context: Context) -> Iterator[str]:
    """The known columns of the type."""
    full = context.state.qualified(name)
    for table, known in context.state.tables.items():
        for column, each in known.columns.items():
            if each.type is not None and context.state.qualified(each.type.qualified) == full:
                yield f"{table}.{quoted(column)}"


def _safer(kind: ObjectKind, name: QualifiedName, users: list[str], context: Context) -> str:
    if not only_act(context):
        return ""
    return f"DROP {kind.upper()} {name};" if not users else ""


RULE = Rule(
    name="drop-type",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=50,
    harm="CASCADE drops every column of the type with its values, and functions that take or return it.",
    remedy="Convert or drop those columns by name first; then drop the type without CASCADE, which PostgreSQL checks.",
    before="""
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE people (id bigint PRIMARY KEY, feels mood);
""",
    unsafe="DROP TYPE mood CASCADE;",
    safe="COMMENT ON TYPE mood IS 'unused since 2.4, to be dropped with 2.6';",
    check=OnActions((act.Drop,), _find),
)
