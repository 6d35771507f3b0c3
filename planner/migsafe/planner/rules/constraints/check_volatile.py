"""A CHECK whose answer changes with time or chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.foreign_keys import MAKERS, constraints_made
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.tree import walk, word
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.rules.context import Context


# Functions of PostgreSQL's own that are asked in CHECKs by mistake. Of the schema's own functions nothing is known.
_CHANGING = frozenset(
    "clock_timestamp now statement_timestamp transaction_timestamp timeofday random gen_random_uuid nextval".split()
)


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    for table, each in constraints_made(action):
        if each.kind is ConstraintKind.CHECK and each.expression is not None and (called := _changing(each.expression)):
            yield Hit(context.state.qualified(table), f"{called} gives another answer for the same row later")


def _changing(condition: Expression) -> str:
    for kind, node in walk(condition.node):
        if kind == "SQLValueFunction" and ("DATE" in word(node, "op") or "TIME" in word(node, "op")):
            return word(node, "op").removeprefix("SVFOP_").removesuffix("_N")
    return next((f"{call.function}()" for call in condition.calls if call.function.name in _CHANGING), "")


RULE = Rule(
    name="check-volatile",
    severity=Severity.WARNING,
    dimension=Dimension.RECOVERY,
    points=20,
    harm=(
        "A row that passed when it was written may fail later: then it cannot be updated, and a dump "
        "that holds it cannot be restored."
    ),
    remedy=("Check it in a trigger when the row is written, or store the moment in a column and compare columns."),
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="CREATE TABLE events (id bigint PRIMARY KEY, due timestamptz CHECK (due > now()));",
    safe="CREATE TABLE events (id bigint PRIMARY KEY, made timestamptz, due timestamptz, CHECK (due > made));",
    check=OnActions(MAKERS, _find),
)
