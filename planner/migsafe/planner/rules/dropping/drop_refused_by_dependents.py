"""DROP without CASCADE of what a view, a foreign key, a policy, a trigger or a column needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import fellows, only_act
from migsafe.planner.rules.clues.dependents import dependents, dropping, of_program, told
from migsafe.planner.rules.clues.in_use import FUNCTIONS, RELATIONS, TYPES
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.planner.users import User
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    column: str | None = None
    match action:
        case act.Drop(kind=kind, name=name, cascade=False) if kind in FUNCTIONS | TYPES:
            if needy := of_program(context.state, action):
                yield Hit(str(name), f"{told(needy)} {'needs' if len(needy) == 1 else 'need'} the {kind} {name}")
            return
        case act.Drop(kind=kind, name=name, cascade=False) if kind in RELATIONS:
            plain = f"DROP {kind.upper()} {name};"
        case act.DropColumn(table=name, column=column, cascade=False):
            plain = f"ALTER TABLE {name} DROP COLUMN {quoted(column)};"
        case _:
            return
    if action not in fellows(context):
        return  # inside a code block it is not seen what else the same DROP names
    gone = set(_named(context))
    users = [user for user in dependents(context.state, name, column) if _key(user) not in gone]
    if users:
        what = name if column is None else f"{name}.{column}"
        safer = "\n".join([*(dropping(user) for user in users), plain]) if only_act(context) else ""
        yield Hit(name, f"{told(users)} {'needs' if len(users) == 1 else 'need'} {what}", safer)


def _key(user: User) -> tuple[str, QualifiedName]:
    """A view by itself, anything else with the table that it stands on."""
    return ("" if user.kind.endswith("view") else user.name, user.table)


def _named(context: Context) -> Iterator[tuple[str, QualifiedName]]:
    """What the same statement drops too, which PostgreSQL takes together."""
    for action in fellows(context):
        match action:
            case act.Drop(kind=kind, name=name) if kind in RELATIONS:
                full = context.state.qualified(name)
                yield "", full
                if (known := context.state.table(full)) is not None:
                    yield from ((key, full) for key in known.constraints)
            case act.DropColumn(table=table, column=part) | act.DropConstraint(table=table, name=part):
                yield part, context.state.qualified(table)
            case _:
                pass


RULE = Rule(
    name="drop-refused-by-dependents",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=30,
    harm="PostgreSQL refuses to drop what something else needs: the migration stops here.",
    remedy="Drop or change what depends on it first, by name; CASCADE would drop it unseen.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
CREATE VIEW recent_orders AS SELECT id FROM orders;
CREATE VIEW newest_orders AS SELECT id FROM recent_orders;
""",
    unsafe="""
DROP VIEW recent_orders;
CREATE VIEW recent_orders AS SELECT id, note FROM orders;
""",
    safe="""
DROP VIEW newest_orders, recent_orders;
CREATE VIEW recent_orders AS SELECT id, note FROM orders;
CREATE VIEW newest_orders AS SELECT id FROM recent_orders;
""",
    check=OnActions((act.Drop, act.DropColumn), _find),
)
