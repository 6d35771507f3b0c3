"""DROP TABLE and CREATE TABLE of the same name in one migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import after
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.TABLE, name=name) if context.live(name):
            made = (each.name for each in after(context) if isinstance(each, act.CreateTable))
            if context.state.qualified(name) in {context.state.qualified(each) for each in made}:
                yield Hit(name, f"{name} is dropped with all its rows and made anew, empty")
        case _:
            pass


RULE = Rule(
    name="create-table-force",
    severity=Severity.WARNING,
    dimension=Dimension.DATA_LOSS,
    points=70,
    harm=(
        "What looks like making a table deletes the one that is there: its rows, rights, policies, triggers and "
        "indexes. On an empty database it does nothing of the kind, so tests do not show it."
    ),
    remedy="Change the table that is there with ALTER TABLE, or make the new one under another name.",
    before="CREATE TABLE settings (name text PRIMARY KEY);",
    unsafe="""
DROP TABLE IF EXISTS settings;
CREATE TABLE settings (name text PRIMARY KEY, value text);
""",
    safe="ALTER TABLE settings ADD COLUMN value text;",
    check=OnActions((act.Drop,), _find),
)
