"""DROP OWNED BY: everything that a role owns, unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.DropOwned(roles=roles):
            names = ", ".join(roles)
            owned = [str(name) for name, known in context.state.tables.items() if known.owner in roles]
            what = ", ".join(owned[:_SHOWN]) + (" and more" if len(owned) > _SHOWN else "") if owned else "what"
            told = f"{what}, and what else {names} owns" if owned else f"whatever {names} owns"
            yield Hit("", f"{told} in this database goes, with its rows")
        case _:
            pass


_SHOWN = 3

RULE = Rule(
    name="drop-owned",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=60,
    harm="Tables and their rows go without being named, and every right of the role with them.",
    remedy="REASSIGN OWNED to another role first, and drop by name what is really to go.",
    before="DO $$ BEGIN CREATE ROLE example_leaver; EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    unsafe="DROP OWNED BY example_leaver;",
    safe="REVOKE ALL ON ALL TABLES IN SCHEMA public FROM example_leaver;",
    check=OnActions((act.DropOwned,), _find),
)
