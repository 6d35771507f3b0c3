"""A column of type json in a table that has queries already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.remedies.rewritten import column_text
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if column.type is not None and context.live(table):
            if column.type.name == "json" and column.type.schema is None and not column.type.array:
                yield Hit(table, f"{table}.{column.name} cannot be compared", _safer(context))


def _safer(context: Context) -> str:
    text = column_text(context)
    if text is None or text.parts:
        return ""
    return re.sub(r"\bjson\s*\Z", "jsonb;", text.head, flags=re.IGNORECASE)


RULE = Rule(
    name="add-column-json",
    severity=Severity.NOTICE,
    dimension=Dimension.COMPATIBILITY,
    points=5,
    harm=("json has no equality: SELECT DISTINCT, GROUP BY and UNION over whole rows of the table fail from then on."),
    remedy="Use jsonb, unless the text has to be kept letter by letter.",
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN settings json;",
    safe="ALTER TABLE users ADD COLUMN settings jsonb;",
    check=OnActions((act.AddColumn,), _find),
)
