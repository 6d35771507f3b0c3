"""A foreign key to a column of a platform's table that is not its primary key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.constraints import Constraint
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName

_SERVICES = frozenset({"auth", "storage", "realtime"})


def _made(action: act.Action) -> tuple[QualifiedName | None, tuple[Constraint, ...]]:
    match action:
        case act.CreateTable(name=name):
            return name, action.all_constraints
        case act.AddColumn(table=table, column=column):
            return table, column.constraints
        case act.AddConstraint(table=table, constraint=constraint):
            return table, (constraint,)
        case _:
            return None, ()


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    table, constraints = _made(action)
    if table is None or not context.supabase:
        return
    for made in constraints:
        other = made.referenced
        if other is not None and other.schema in _SERVICES and made.referenced_columns not in {(), ("id",)}:
            columns = ", ".join(made.referenced_columns)
            yield Hit(table, f"a foreign key of {table} holds {other} ({columns}) fast")


RULE = Rule(
    name="fkey-to-auth-unique",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=30,
    harm="The foreign key depends on an index that the platform owns and changes: its own migrations fail, and the "
    "service cannot be updated.",
    remedy="Refer to the primary key, id.",
    before="CREATE SCHEMA auth;\nCREATE TABLE auth.users (id uuid PRIMARY KEY, phone text UNIQUE);",
    unsafe="CREATE TABLE callers (id bigint PRIMARY KEY, phone text REFERENCES auth.users (phone));",
    safe="""
CREATE TABLE callers (id bigint PRIMARY KEY, user_id uuid REFERENCES auth.users (id));
CREATE INDEX callers_user_id_idx ON callers (user_id);
""",
    check=OnActions((act.CreateTable, act.AddColumn, act.AddConstraint), _find),
)
