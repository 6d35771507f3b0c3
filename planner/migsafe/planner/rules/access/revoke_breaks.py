"""Rights taken away on what is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.policy_changes import table_goes
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _given_back(context: Context, revoke: act.Revoke, role: str) -> bool:
    """Whether the same transaction grants the role something on one of the objects: then its rights are being set."""
    grants = (each for each in (*context.earlier(), *context.later()) if isinstance(each, act.Grant))
    return any(role in each.roles and set(each.objects) & set(revoke.objects) for each in grants)


def _held(context: Context, table: QualifiedName, role: str) -> bool:
    """Whether the role has rights on the table, as far as anybody told; strangers have them by default on Supabase."""
    known = context.state.table(table)
    if known is not None and known.granted.get(role):
        return True
    by_default = context.supabase and context.state.qualified(table).schema == "public"
    return by_default and role in {"anon", "authenticated"}


def _told(context: Context, table: QualifiedName) -> bool:
    """Whether an earlier REVOKE of the transaction was about the table too: one hit is enough."""
    return any(isinstance(each, act.Revoke) and table in each.objects for each in context.earlier())


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Revoke(kind=ObjectKind.TABLE, objects=tables, all_in_schema=False, grant_option=False):
            for table in tables:
                held = [role for role in action.roles if _held(context, table, role)]
                losers = [role for role in held if not _given_back(context, action, role)]
                if losers and context.live(table) and not _told(context, table) and not table_goes(context, table):
                    rights = ", ".join(each.name for each in action.privileges)
                    yield Hit(table, f"{', '.join(losers)} loses {rights} on {table}")
        case _:
            pass


RULE = Rule(
    name="revoke-breaks",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=8,
    harm="Sessions of the role get error 42501 from the next statement on.",
    remedy="Make sure that no released client uses the right, and grant first what shall stay.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY);\nGRANT SELECT, INSERT ON notes TO PUBLIC;",
    unsafe="REVOKE ALL ON notes FROM PUBLIC;",
    safe="REVOKE ALL ON notes FROM PUBLIC;\nGRANT SELECT ON notes TO PUBLIC;",
    check=OnActions((act.Revoke,), _find),
)
