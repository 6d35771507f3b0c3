"""DISABLE TRIGGER on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DisableTrigger(table=table, trigger=trigger) if context.live(table):
            everything = trigger.lower() == "all"
            back = _enabled_again(table, trigger, context)
            if back and not everything:
                return
            what = "every trigger" if trigger.lower() in {"all", "user"} else f"the trigger {trigger}"
            keys = ", foreign keys too" if everything else ""
            stays = "until it is enabled again below" if back else "and stays off"
            yield Hit(table, f"{what} of {table}{keys} is switched off {stays}")
        case _:
            pass


def _enabled_again(table: QualifiedName, trigger: str, context: Context) -> bool:
    full = context.state.qualified(table)
    found = (each for each in context.later() if isinstance(each, act.EnableTrigger))
    wanted = {trigger.lower(), "all"}
    return any(each.trigger.lower() in wanted and context.state.qualified(each.table) == full for each in found)


RULE = Rule(
    name="disable-trigger",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=30,
    harm=(
        "Everybody's writes go past it, not only this migration's: what it guards or fills in is left undone, and rows "
        "that break a foreign key stay, because nothing checks them later. Writes wait for the lock."
    ),
    remedy=(
        "For this session only, SET LOCAL session_replication_role = replica; or let the trigger's function look for a "
        "setting that the migration makes."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, changed timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := now(); RETURN NEW; END';
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
""",
    unsafe="ALTER TABLE orders DISABLE TRIGGER orders_touch;",
    safe="""
ALTER TABLE orders DISABLE TRIGGER orders_touch;
UPDATE orders SET changed = '2026-01-01' WHERE id = 1;
ALTER TABLE orders ENABLE TRIGGER orders_touch;
""",
    check=OnActions((act.DisableTrigger,), _find),
)
