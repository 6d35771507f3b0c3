"""A new enum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    match action:
        case act.CreateEnum(name=name):
            yield Hit(str(name), f"values of {name} can be added and renamed, never removed")
        case _:
            pass


RULE = Rule(
    name="enum-created",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="To take a value out of an enum, a new type is made and every table that uses it is written anew.",
    remedy="Use text with a CHECK, or a table of the values with a foreign key.",
    before="CREATE TABLE people (id bigint PRIMARY KEY);",
    unsafe="CREATE TYPE mood AS ENUM ('happy', 'calm');",
    safe="CREATE TABLE moods (name text PRIMARY KEY);\nINSERT INTO moods VALUES ('happy'), ('calm');",
    check=OnActions((act.CreateEnum,), _find),
)
