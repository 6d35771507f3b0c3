"""What a publication no longer publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterPublication(name=name, change="drop" | "set" as change, tables=tables, schemas=schemas):
            known = context.state.publications.get(name)
            kept = {context.state.qualified(table) for table in tables}
            if change == "drop":
                gone = [str(each) for each in tables] + [f"the tables of {schema}" for schema in schemas]
            elif known is not None and not schemas:
                gone = [str(each) for each in sorted(known.tables - kept)]
            else:
                gone = ["what is not named"]
            if gone:
                yield Hit(name, f"{name} no longer publishes {', '.join(gone)}")
        case act.Drop(kind=ObjectKind.PUBLICATION, name=dropped):
            made = (each.name for each in after(context) if isinstance(each, act.CreatePublication))
            if dropped.name not in set(made):
                yield Hit(dropped.name, f"the publication {dropped} is dropped")
        case _:
            pass


RULE = Rule(
    name="publication-change",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=15,
    harm=(
        "Subscribers, Realtime and change data capture stop hearing of these tables, without an error on either side: "
        "they go on with what they have."
    ),
    remedy="Let the readers go first: take the table out of subscriptions and clients, then out of the publication.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY); CREATE PUBLICATION feed FOR TABLE orders;",
    unsafe="ALTER PUBLICATION feed DROP TABLE orders;",
    safe="COMMENT ON PUBLICATION feed IS 'orders are to leave it with 2.6';",
    check=OnActions((act.AlterPublication, act.Drop), _find),
)
