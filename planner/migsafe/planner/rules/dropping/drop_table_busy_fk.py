"""DROP TABLE, which locks the tables that its foreign keys refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import fellows, only_act
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.TABLE, name=name) if context.state.exists(name) is not False:
            keys = _keys(name, context)
            cuts = [f"ALTER TABLE {name} DROP CONSTRAINT {quoted(key)};" for key in keys]
            safer = parted(*cuts, f"DROP TABLE {name};") if only_act(context) else ""
            for busy in dict.fromkeys(keys.values()):
                which = " and ".join(key for key, referenced in keys.items() if referenced == busy)
                verb = "refers" if list(keys.values()).count(busy) == 1 else "refer"
                yield Hit(busy, f"{busy} is locked too, because {which} of {name} {verb} to it", safer)
        case _:
            pass


def _keys(name: QualifiedName, context: Context) -> dict[str, QualifiedName]:
    """Foreign keys of the table to others in use that are not dropped with it, and these."""
    gone = {context.state.qualified(each.name) for each in fellows(context) if isinstance(each, act.Drop)}
    known = context.state.table(name)
    found = known.constraints.items() if known is not None else ()
    return {
        key: each.referenced
        for key, each in found
        if each.referenced is not None and each.referenced not in gone and context.live(each.referenced)
    }


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
