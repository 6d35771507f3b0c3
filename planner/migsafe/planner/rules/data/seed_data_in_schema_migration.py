"""Rows inserted by a migration that changes the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


_CHANGES = (act.AddColumn, act.AddConstraint, act.AlterColumnType, act.CreateIndex, act.CreateTable, act.DropColumn)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Insert(table=table, rows=int()) if any(isinstance(each, _CHANGES) for each in context.earlier()):
            yield Hit(table, f"rows of {table} are inserted beside changes of the schema")
        case _:
            pass


RULE = Rule(
    name="seed-data-in-schema-migration",
    severity=Severity.OFF,
    dimension=Dimension.RECOVERY,
    points=0,
    harm=(
        "Rows cannot be taken back as surely as a change of the schema, for they may have been changed since. "
        "It is off because small tables of constants belong to the schema."
    ),
    remedy="Give the rows a migration of their own.",
    before="CREATE TABLE plans (id bigint PRIMARY KEY);",
    unsafe="""
ALTER TABLE plans ADD COLUMN note text;
INSERT INTO plans VALUES (1, 'free');
""",
    safe="""
ALTER TABLE plans ADD COLUMN note text;
-- next migration
INSERT INTO plans VALUES (1);
""",
    check=OnActions((act.Insert,), _find),
)
