"""Another owner for a table that is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context

_SELF = frozenset({"current_user", "current_role", "session_user"})
_KINDS = frozenset({ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE})


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.ReassignOwned(roles=roles, to=owner):
            yield Hit("", f"all that {', '.join(roles)} owns in this database belongs to {owner} from now on")
        case act.ChangeOwner(kind=kind, name=name, owner=owner) if kind in _KINDS and context.live(name):
            known = context.state.table(name)
            as_before = known is not None and known.owner == owner
            if not as_before and owner not in _SELF and not (context.supabase and owner == "postgres"):
                yield Hit(name, f"{name} belongs to {owner} from now on")


RULE = Rule(
    name="owner-changed",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=6,
    harm="The old owner may no longer alter, drop or even read it, and later migrations that run as that role fail; "
    "policies do not hold for the new owner unless they are forced.",
    remedy="GRANT what the role needs, and leave the owner as it is.",
    before="""
DO $$ BEGIN CREATE ROLE example_owner; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE notes (id bigint PRIMARY KEY);
""",
    unsafe="ALTER TABLE notes OWNER TO example_owner;",
    safe="GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO example_owner;",
    check=OnActions((act.ChangeOwner, act.ReassignOwned), _find),
)
