"""Rights given to everybody, or to strangers on what is not meant for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.strangers import MANAGED, STRANGERS
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context

_HARMLESS = frozenset({"select", "references", "usage", "execute", "connect", "temporary", "temp"})
"""What is given to PUBLIC by design: reading a table that all may read, calling, connecting."""
_INNER = frozenset({"auth", "vault", "pgsodium", "supabase_functions"})


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Grant(objects=objects, kind=kind, roles=roles, privileges=privileges) if objects:
            rights = [each.name for each in privileges if each.name not in _HARMLESS]
            wide = kind in {ObjectKind.TABLE, ObjectKind.SCHEMA, ObjectKind.DATABASE} and "public" in roles
            what = ", ".join(map(str, objects))
            of_all = "all tables of " if action.all_in_schema else ""
            if rights and wide:
                yield Hit(objects[0], f"everybody gets {', '.join(rights)} on {of_all}{what}")
            elif context.supabase and not STRANGERS.isdisjoint(roles) and kind is ObjectKind.TABLE:
                inner = [each for each in objects if (each.name if of_all else each.schema) in _INNER & MANAGED]
                if inner:
                    yield Hit(inner[0], f"strangers get rights on {of_all}{', '.join(map(str, inner))}")
        case act.GrantRole(granted=granted, members=members) if context.supabase:
            strangers = sorted(STRANGERS.intersection(members))
            if strangers and not STRANGERS.issuperset(granted):
                yield Hit("", f"{', '.join(strangers)} may do whatever {', '.join(granted)} may")


RULE = Rule(
    name="grant-widening",
    severity=Severity.WARNING,
    dimension=Dimension.SECURITY,
    points=35,
    harm="Every role that can connect, also one that is made later, may do it.",
    remedy="Grant what is needed to the roles that need it.",
    before="CREATE TABLE notes (id bigint PRIMARY KEY, owner name);",
    unsafe="GRANT ALL ON notes TO PUBLIC;",
    safe="GRANT SELECT, INSERT ON notes TO CURRENT_USER;",
    check=OnActions((act.Grant, act.GrantRole), _find),
)
