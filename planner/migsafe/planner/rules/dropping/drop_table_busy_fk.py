"""DROP TABLE, which locks the tables that its foreign keys refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.around import fellows, only_act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.rules.safer import parted
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.TABLE, name=name) if context.state.exists(name) is not False:
            full = context.state.qualified(name)
            gone = {context.state.qualified(each.name) for each in fellows(context) if isinstance(each, act.Drop)}
            known = context.state.table(name)
            keys = known.constraints.items() if known is not None else ()
            for key, each in keys:
                busy = each.referenced
                if busy is not None and busy != full and busy not in gone and context.live(busy):
                    cut = f"ALTER TABLE {name} DROP CONSTRAINT {quoted(key)};"
                    safer = parted(cut, f"DROP TABLE {name};") if only_act(context) else ""
                    yield Hit(busy, f"{busy} is locked too, because {key} of {name} refers to it", safer)
        case _:
            pass


RULE = Rule(
    name="drop-table-busy-fk",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "Dropping a foreign key takes ACCESS EXCLUSIVE on the table that it refers to: reads and writes of that table "
        "wait for as long as this transaction takes, and behind every long query that it waits for."
    ),
    remedy=(
        "Drop the foreign keys first, one in each migration, so that each such lock is held for a moment; then drop "
        "the table."
    ),
    before="""
CREATE TABLE customers (id bigint PRIMARY KEY);
CREATE TABLE imports (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers);
""",
    unsafe="DROP TABLE imports;",
    safe="REVOKE ALL ON imports FROM PUBLIC;",
    check=OnActions((act.Drop,), _find),
)
