"""An index that is dropped first and built anew afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.rules.clues.around import after, only_act
from migsafe.planner.rules.remedies.safer import LONGEST_NAME, parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName, quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Drop(kind=ObjectKind.INDEX, name=name) if only_act(context):
            full = context.state.qualified(name)
            table = context.state.table_of_index(name)
            if table is not None and not context.live(table):
                return
            again = next((made for made in after(context) if _replaces(made, full, context)), None)
            # In one transaction nobody sees the gap: there index-in-exclusive-tx speaks.
            if isinstance(again, act.CreateIndex) and again not in context.later():
                yield Hit(
                    again.table,
                    f"{again.table} is without {name} until the new one is built",
                    _safer(name, again, context),
                )
        case _:
            pass


def _replaces(made: act.Action, dropped: QualifiedName, context: Context) -> bool:
    if not isinstance(made, act.CreateIndex) or made.name is None:
        return False
    return QualifiedName(made.name, context.state.qualified(made.table).schema) == dropped


def _safer(name: QualifiedName, made: act.CreateIndex, context: Context) -> str:
    """The three steps in the place of both statements."""
    statements = context.migration.statements if context.migration is not None else ()
    text = next((each.sql for each in statements if made in each.actions), "")
    new = QualifiedName(f"{name.name}_new", name.schema)
    if not (found := _NAMED.match(text)) or len(new.name.encode()) > LONGEST_NAME:
        return ""
    return parted(
        f"{found.group(1)} CONCURRENTLY {quoted(new.name)}{text[found.end() :]};",
        f"DROP INDEX CONCURRENTLY {name};",
        f"ALTER INDEX {new} RENAME TO {quoted(name.name)};",
    )


_NAMED = re.compile(
    r"\A(CREATE\s+(?:UNIQUE\s+)?INDEX)(?:\s+CONCURRENTLY)?(?:\s+IF\s+NOT\s+EXISTS)?"
    r'\s+("(?:[^"]|"")+"|[\w$]+)(?=\s+ON\b)',
    re.IGNORECASE,
)

RULE = Rule(
    name="index-replace-gap",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=25,
    scaled=True,
    harm="Between the drop and the end of the build queries do without the index and read the whole table.",
    remedy="Build the new index under another name first, drop the old one then, and rename the new one last.",
    before="""
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, state text);
CREATE INDEX orders_user_id_idx ON orders (user_id);
""",
    unsafe="""
DROP INDEX CONCURRENTLY orders_user_id_idx;
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id, state);
""",
    safe="""
CREATE INDEX CONCURRENTLY orders_user_id_idx_new ON orders (user_id, state);
-- next migration
DROP INDEX CONCURRENTLY orders_user_id_idx;
-- next migration
ALTER INDEX orders_user_id_idx_new RENAME TO orders_user_id_idx;
""",
    check=OnActions((act.Drop,), _find),
)
