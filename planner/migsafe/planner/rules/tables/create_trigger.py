"""CREATE TRIGGER on a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTrigger(table=table, name=name) if context.live(table) and not _dropped(action, context):
            known = context.state.table(table)
            if known is None or "view" not in known.kind:
                often = "for each row" if action.for_each_row else "for each statement"
                yield Hit(table, f"the trigger {name} runs {action.function} {often} of {table} from now on")
        case _:
            pass


def _dropped(made: act.CreateTrigger, context: Context) -> bool:
    """Whether the transaction has dropped a trigger of this name, of which drop-trigger speaks."""
    full = context.state.qualified(made.table)
    return any(
        isinstance(each, act.Drop)
        and each.kind is ObjectKind.TRIGGER
        and not each.if_exists
        and each.name.name == made.name
        and each.table is not None
        and context.state.qualified(each.table) == full
        for each in context.earlier()
    )


RULE = Rule(
    name="create-trigger",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "It takes SHARE ROW EXCLUSIVE: writes wait until the transaction ends, and behind every write that it waits "
        "for. From then on its function runs within each write, and each write fails if the function does."
    ),
    remedy=(
        "Keep it in a short migration of its own with a lock_timeout, which migsafe sets, after the function has been "
        "tried; big loads take a trigger FOR EACH STATEMENT better than one FOR EACH ROW."
    ),
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, changed timestamptz);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.changed := now(); RETURN NEW; END';
""",
    unsafe="CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();",
    safe="ALTER TABLE orders ALTER COLUMN changed SET DEFAULT now();",
    check=OnActions((act.CreateTrigger,), _find),
)
