"""GRANT or REVOKE in a migration that changes the schema too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context

_RIGHTS = (act.Grant, act.Revoke, act.GrantRole, act.RevokeRole, act.AlterDefaultPrivileges)
_NEUTRAL = (*_RIGHTS, act.SetVariable, act.ResetVariable, act.Comment, act.CreateRole, act.AlterRole)


def _find(_: act.Action, context: Context) -> Iterator[Hit]:
    others = context.migration.statements if context.migration is not None else ()
    other = next((one for one in others for each in one.actions if not isinstance(each, _NEUTRAL)), None)
    if other is not None:
        yield Hit("", f"rights change in a file that also changes the schema, in line {other.line}")


RULE = Rule(
    name="privileges-in-ddl-file",
    severity=Severity.OFF,
    dimension=Dimension.SECURITY,
    points=1,
    harm="Whoever reviews rights has to read every migration.",
    remedy="Put GRANT and REVOKE into migrations of their own.",
    before="CREATE SCHEMA app;",
    unsafe="CREATE TABLE app.notes (id bigint PRIMARY KEY);\nGRANT SELECT ON app.notes TO CURRENT_USER;",
    safe="""
CREATE TABLE app.notes (id bigint PRIMARY KEY);
-- next migration
GRANT SELECT ON app.notes TO CURRENT_USER;
""",
    check=OnActions(_RIGHTS, _find),
)
