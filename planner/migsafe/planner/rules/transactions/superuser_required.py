"""What only a superuser may do, on a platform that gives nobody that role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if context.supabase and (what := _refused(action, context)):
        yield Hit("", f"{what} takes a superuser, which no role of the platform is")


def _refused(action: act.Action, context: Context) -> str:  # noqa: PLR0911 - one line for each statement
    match action:
        case act.AlterSystem():
            return "ALTER SYSTEM"
        case act.CreateTablespace():
            return "CREATE TABLESPACE"
        case act.CreateRole(options=options) | act.AlterRole(options=options) if (
            dict(options).get("superuser") == "true"
        ):
            return "a role with SUPERUSER"
        case act.Copy(filename=str()) | act.Copy(program=True):
            return "COPY with a file or program of the server"
        case act.DisableTrigger(table=table, trigger="ALL") | act.EnableTrigger(table=table, trigger="ALL") if (
            _has_keys(table, context)
        ):
            return "switching ALL triggers, those of foreign keys too,"
        case act.CreateFunction(language="c" | "internal" as language):
            return f"a function in the language {language}"
        case _:
            return ""


def _has_keys(table: QualifiedName, context: Context) -> bool:
    """Whether foreign keys may stand at either end of the table: their triggers belong to the system."""
    known = context.state.table(table)
    if known is None or not known.told:
        return True
    own = any(each.referenced is not None for each in known.constraints.values())
    return own or any(user.kind == "foreign key" for user in context.state.users_of(table))


RULE = Rule(
    name="superuser-required",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=60,
    harm="The statement fails with error 42501, and with it the migration.",
    remedy=(
        "Ask the platform for it: settings through its dashboard or API, rows through COPY FROM STDIN of a "
        "client, triggers by name or with USER in place of ALL."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY);",
    unsafe="COPY orders TO '/tmp/orders.csv';",
    safe="SELECT * FROM orders;",
    check=OnActions(
        (
            act.AlterSystem,
            act.CreateTablespace,
            act.CreateRole,
            act.AlterRole,
            act.Copy,
            act.DisableTrigger,
            act.EnableTrigger,
            act.CreateFunction,
        ),
        _find,
    ),
)
