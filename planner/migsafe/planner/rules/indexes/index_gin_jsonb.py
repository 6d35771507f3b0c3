"""A GIN index on a jsonb column with the default operator class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateIndex(method="gin", table=table, columns=columns):
            for column in columns:
                known = context.state.column(table, column.name) if column.name is not None else None
                kind = known.type if known is not None else None
                if kind is not None and kind.name == "jsonb" and not kind.array and column.operator_class is None:
                    yield Hit(table, f"{table}.{column.name} is indexed with jsonb_ops")
        case _:
            pass


RULE = Rule(
    name="index-gin-jsonb",
    severity=Severity.OFF,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="The default operator class indexes every key and every value apart: the index is large and slow to write.",
    remedy="If the queries only use @>, @? and @@, jsonb_path_ops makes a smaller and faster index.",
    before="CREATE TABLE events (id bigint PRIMARY KEY, body jsonb);",
    unsafe="CREATE INDEX CONCURRENTLY events_body_idx ON events USING gin (body);",
    safe="CREATE INDEX CONCURRENTLY events_body_idx ON events USING gin (body jsonb_path_ops);",
    check=OnActions((act.CreateIndex,), _find),
)
