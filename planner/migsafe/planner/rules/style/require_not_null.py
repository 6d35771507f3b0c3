"""A column that may be NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTable(name=table, columns=columns, server=None):
            keys = {
                key for made in action.constraints if made.kind is ConstraintKind.PRIMARY_KEY for key in made.columns
            }
            for column in columns:
                if not column.not_null and column.generated is None and column.name not in keys:
                    yield Hit(table, f"{table}.{column.name} may be NULL")
        case _:
            pass


RULE = Rule(
    name="require-not-null",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Every query has to think of NULL, and most forget it.",
    remedy="Write NOT NULL, with a DEFAULT where there is a natural one.",
    before="CREATE SCHEMA app;",
    unsafe="CREATE TABLE app.visits (id bigint PRIMARY KEY, page text);",
    safe="CREATE TABLE app.visits (id bigint PRIMARY KEY, page text NOT NULL);",
    check=OnActions((act.CreateTable,), _find),
)
