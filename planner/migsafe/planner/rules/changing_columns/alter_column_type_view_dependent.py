"""A change of type that PostgreSQL refuses because something else is made of the column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.clues.dependents import dropping, told
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.planner.tree import walk
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.rules.context import Context
    from migsafe.planner.schema_state import User


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if not isinstance(action, act.AlterColumnType):
        return
    table, column = action.table, action.column
    users = [each for each in context.state.users_of(table, column) if _certain(each, column, context)]
    if users:
        yield Hit(table, f"{told(users)} needs {table}.{column}", _safer(users, context))


def _certain(user: User, column: str, context: Context) -> bool:
    """Whether the column itself is meant: a name in a query over several relations may be another's."""
    known = context.state.table(user.table)
    match user.kind:
        case "view" | "materialized view":
            named = known.source_columns if known is not None else None
            return known is not None and len(known.sources) == 1 and named is not None and column in named
        case "policy":
            policy = known.policies.get(user.name) if known is not None else None
            conditions = (policy.using, policy.with_check) if policy is not None else ()
            own = (each for each in conditions if each is not None and not _asks(each))
            return any(column in each.columns for each in own)
        case "foreign key":
            return False
        case _:
            return True


def _asks(condition: Expression) -> bool:
    return any(kind == "SubLink" for kind, _ in walk(condition.node))


def _safer(users: list[User], context: Context) -> str:
    sql = this_sql(context)
    if not sql or any(user.kind == "generated column" for user in users):
        return ""
    drops = "\n".join(dropping(user) for user in users)
    made = " and ".join(f"{user.kind} {user.name}" for user in users)
    return f"{drops}\n{sql};\n-- make {made} anew, with their grants"


RULE = Rule(
    name="alter-column-type-view-dependent",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=70,
    harm=(
        "PostgreSQL refuses to change the type of a column that a view, policy, trigger or generated "
        "column is made of: the migration fails."
    ),
    remedy=(
        "Drop what depends on the column, change the type, and make the dependents anew, with their "
        "grants and options, in the same transaction."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20)); CREATE VIEW names AS SELECT name FROM users;",
    unsafe="ALTER TABLE users ALTER COLUMN name TYPE text;",
    safe="""
DROP VIEW names;
ALTER TABLE users ALTER COLUMN name TYPE text;
CREATE VIEW names AS SELECT name FROM users;
""",
    check=OnActions((act.AlterColumnType,), _find),
)
