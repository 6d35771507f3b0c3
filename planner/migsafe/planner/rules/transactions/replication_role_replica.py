"""Triggers and foreign keys switched off for the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.SetVariable(name="session_replication_role", value=str() as value) if value.lower() == "replica":
            yield Hit("", "triggers and foreign keys are switched off by session_replication_role = replica")
        case _:
            pass


RULE = Rule(
    name="replication-role-replica",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=15,
    harm=(
        "Rows that are written meanwhile are checked by no foreign key and seen by no trigger: what they "
        "leave inconsistent no later statement notices, for the constraints count as valid."
    ),
    remedy="Write the rows in an order that the foreign keys allow.",
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
""",
    unsafe="SET session_replication_role = replica;\nINSERT INTO orders VALUES (1, 1);",
    safe="INSERT INTO users VALUES (1);\nINSERT INTO orders VALUES (1, 1);",
    check=OnActions((act.SetVariable,), _find),
)
