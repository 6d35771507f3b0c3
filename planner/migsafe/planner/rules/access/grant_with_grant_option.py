"""Rights that their receiver may pass on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.around import this_sql
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context

_OWNERS = frozenset({"current_user", "current_role", "session_user", "postgres"})


def _without(sql: str) -> str:
    """The same GRANT without the option; empty where its text does not show it plainly."""
    shorter = re.sub(r"\s+WITH\s+GRANT\s+OPTION\s*\Z", "", sql, flags=re.IGNORECASE)
    return shorter + ";" if shorter != sql else ""


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Grant(grant_option=True, roles=roles, objects=objects) if objects and not _OWNERS.issuperset(roles):
            detail = f"{', '.join(roles)} may give rights on {', '.join(map(str, objects))} to others"
            yield Hit(objects[0], detail, _without(this_sql(context)))


RULE = Rule(
    name="grant-with-grant-option",
    severity=Severity.NOTICE,
    dimension=Dimension.SECURITY,
    points=6,
    harm="Who holds the right is no longer written in the migrations, and to take it back needs CASCADE, which robs "
    "all who got it since.",
    remedy="Leave WITH GRANT OPTION out, and grant to each role in a migration.",
    before="""
DO $$ BEGIN CREATE ROLE example_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE TABLE notes (id bigint PRIMARY KEY);
""",
    unsafe="GRANT SELECT ON notes TO example_reader WITH GRANT OPTION;",
    safe="GRANT SELECT ON notes TO example_reader;",
    check=OnActions((act.Grant,), _find),
)
