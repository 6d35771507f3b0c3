"""DROP ... CASCADE, which drops what the text does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import only_act
from migsafe.planner.rules.clues.dependents import dependents, dropping, told
from migsafe.planner.rules.clues.in_use import FUNCTIONS, RELATIONS, in_use
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(cascade=True, kind=kind, name=name) if kind in _HAVE_DEPENDENTS and in_use(context, kind, name):
            column = None
            what, plain = f"the {kind} {name}", f"DROP {kind.upper()} {name};"
        case act.DropColumn(cascade=True, table=name, column=column) if context.live(name):
            what, plain = f"{name}.{column}", f"ALTER TABLE {name} DROP COLUMN {quoted(column)};"
        case act.DropConstraint(cascade=True, table=name, name=constraint) if context.live(name):
            yield Hit(name, f"whatever depends on the constraint {constraint} of {name} is dropped with it")
            return
        case _:
            return
    users = dependents(context.state, name, column) if _is_relation(action) else ()
    safer = "\n".join([*(dropping(user) for user in users), plain]) if users and only_act(context) else ""
    yield Hit(
        name, f"{told(users) or 'whatever depends on it'} {'go' if len(users) > 1 else 'goes'} with {what}", safer
    )


def _is_relation(action: act.Action) -> bool:
    return not isinstance(action, act.Drop) or action.kind in RELATIONS


# Of a schema, an extension and a type other rules speak.
_HAVE_DEPENDENTS = RELATIONS | FUNCTIONS | {ObjectKind.SEQUENCE}

RULE = Rule(
    name="drop-cascade",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=30,
    harm="Views, foreign keys, columns, policies and defaults go with it, and nobody who reads the text sees which.",
    remedy="Drop what depends on it by name, so that what is lost can be reviewed; then leave CASCADE out.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
CREATE VIEW recent_orders AS SELECT id FROM orders;
CREATE VIEW newest_orders AS SELECT id FROM recent_orders;
""",
    unsafe="""
DROP VIEW recent_orders CASCADE;
CREATE VIEW recent_orders AS SELECT id, note FROM orders;
""",
    safe="""
DROP VIEW newest_orders;
DROP VIEW recent_orders;
CREATE VIEW recent_orders AS SELECT id, note FROM orders;
CREATE VIEW newest_orders AS SELECT id FROM recent_orders;
""",
    check=OnActions((act.Drop, act.DropColumn, act.DropConstraint), _find),
)
