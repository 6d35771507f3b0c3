"""RENAME of a view that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.in_use import RELATIONS
from migsafe.planner.rules.remedies.safer import view_of
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


_VIEWS = (ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Rename(kind=kind, name=name, new_name=new) if kind in _VIEWS and context.live(name):
            full = context.state.qualified(name)
            if full not in {QualifiedName(made.name, made.schema) for made in _made(context)}:
                safer = f"{this_sql(context)};\n{view_of(name, QualifiedName(new, name.schema), context)}"
                yield Hit(name, f"the {kind} {name} is called {new} from now on", safer)
        case _:
            pass


def _made(context: Context) -> Iterator[QualifiedName]:
    """The relations that the same transaction makes or renames afterwards."""
    for action in context.later():
        match action:
            case act.CreateView(name=made) | act.CreateTableAs(name=made) | act.CreateTable(name=made):
                yield context.state.qualified(made)
            case act.Rename(kind=kind, name=other, new_name=new) if kind in RELATIONS:
                yield QualifiedName(new, context.state.qualified(other).schema)
            case _:
                pass


RULE = Rule(
    name="rename-view",
    severity=Severity.WARNING,
    dimension=Dimension.COMPATIBILITY,
    points=40,
    harm=(
        "The running application still reads the old name: its queries fail until it is deployed anew. PostgreSQL "
        "follows the rename in other views, but not in bodies of functions."
    ),
    remedy="Make a view of the old name in the same transaction, and drop it a release later.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY); CREATE VIEW recent AS SELECT id FROM orders;",
    unsafe="ALTER VIEW recent RENAME TO recent_orders;",
    safe="CREATE VIEW recent_orders WITH (security_invoker = true) AS SELECT id FROM orders;",
    check=OnActions((act.Rename,), _find),
)
