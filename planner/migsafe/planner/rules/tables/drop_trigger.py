"""DROP TRIGGER on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.TRIGGER, name=name, table=QualifiedName() as table) if context.live(table):
            known = context.state.table(table)
            if action.if_exists and known is not None and known.columns and name.name not in known.triggers:
                return  # nothing is dropped, and the table is not locked to find that out
            if _made_again(name.name, table, context):
                yield Hit(table, f"{table} is locked to drop the trigger {name}, which is made again at once")
            else:
                yield Hit(table, f"the trigger {name} of {table} no longer runs")
        case _:
            pass


def _made_again(name: str, table: QualifiedName, context: Context) -> bool:
    full = context.state.qualified(table)
    made = (each for each in context.later() if isinstance(each, act.CreateTrigger))
    return any(each.name == name and context.state.qualified(each.table) == full for each in made)


RULE = Rule(
    name="drop-trigger",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "It takes ACCESS EXCLUSIVE on the table: reads and writes wait until the transaction ends, and behind every "
        "query that it waits for. What the trigger guarded or filled in is no longer done."
    ),
    remedy=(
        "To change a trigger, use CREATE OR REPLACE TRIGGER (14), which lets reads go on. To be rid of one, disable "
        "it first and drop it a release later."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, changed timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := now(); RETURN NEW; END';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
""",
    unsafe="DROP TRIGGER orders_touch ON orders;",
    safe="COMMENT ON FUNCTION touch() IS 'unused since 2.4, its trigger is to be dropped with 2.6';",
    check=OnActions((act.Drop,), _find),
)
