"""DROP TYPE or DROP DOMAIN with CASCADE, which drops columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import only_act
from migsafe.planner.rules.clues.in_use import TYPES, in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=kind, name=name, cascade=True) if kind in TYPES and in_use(context, kind, name):
            columns = context.state.columns_of_type(context.state.type_name(name))
            users = [f"{table}.{quoted(column)}" for table, column in columns]
            which = ", ".join(users) if users else "every column of it"
            safer = f"DROP {kind.upper()} {name};" if not users and only_act(context) else ""
            yield Hit(str(name), f"{which} {'go' if len(users) > 1 else 'goes'} with the {kind} {name}", safer)
        case _:
            pass


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
