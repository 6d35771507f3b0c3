"""Rights for objects that are made later."""

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


_ROUTINES = frozenset({ObjectKind.FUNCTION, ObjectKind.PROCEDURE, ObjectKind.ROUTINE})


def _told(context: Context) -> bool:
    """Whether an earlier statement of the transaction left FOR ROLE out too: one hit is enough."""
    return any(isinstance(each, act.AlterDefaultPrivileges) and not each.for_roles for each in context.earlier())


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AlterDefaultPrivileges(schemas=(schema, *_), change=act.Revoke(kind=of, roles=roles)) if (
            of in _ROUTINES and "public" in roles
        ):
            yield Hit("", f"it does nothing: in {schema} alone the right of PUBLIC to call functions cannot be taken")
        case act.AlterDefaultPrivileges(for_roles=(), change=change) if not _told(context):
            kind = change.kind.value
            yield Hit("", f"it holds only for a {kind} that the role makes which runs this migration")
        case act.AlterDefaultPrivileges(change=act.Grant(kind=ObjectKind.TABLE, roles=roles)) if "public" in roles:
            yield Hit("", "everybody gets rights on each table that is made later")


RULE = Rule(
    name="default-privileges",
    severity=Severity.NOTICE,
    dimension=Dimension.SECURITY,
    points=5,
    harm="Default privileges belong to the role that makes an object: what another role makes is born with other "
    "rights, and nobody notices.",
    remedy="Write FOR ROLE with the role that owns your tables, and name who gets the rights.",
    before="""
DO $$ BEGIN CREATE ROLE example_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE SCHEMA app;
""",
    unsafe="ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO example_reader;",
    safe="ALTER DEFAULT PRIVILEGES FOR ROLE CURRENT_USER IN SCHEMA app GRANT SELECT ON TABLES TO example_reader;",
    check=OnActions((act.AlterDefaultPrivileges,), _find),
)
