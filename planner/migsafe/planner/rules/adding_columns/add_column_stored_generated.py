"""A new column that is computed for every row and kept."""

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
        case act.AddColumn(table=table, column=column) if column.generated is not None and context.live(table):
            if column.stored:
                yield Hit(table, f"{table}.{column.name} is computed for every row", _safer(context))


def _safer(context: Context) -> str:
    """VIRTUAL in place of STORED, where the server is known to have it (18)."""
    text = column_text(context)
    if text is None or context.major is None or context.major < _VIRTUAL:
        return ""
    stored = text.of("CONSTR_GENERATED")
    return re.sub(r"\bSTORED\Z", "VIRTUAL", f"{text.head.rstrip()} {stored}") + ";" if len(text.parts) == 1 else ""


_VIRTUAL = 18


RULE = Rule(
    name="add-column-stored-generated",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy=(
        "Add a plain column, keep it up to date by a trigger, and fill the old rows in batches. On "
        "PostgreSQL 18 a VIRTUAL column is free."
    ),
    before="CREATE TABLE orders (id bigint PRIMARY KEY, net int, tax int);",
    unsafe="ALTER TABLE orders ADD COLUMN total int GENERATED ALWAYS AS (net + tax) STORED;",
    safe="ALTER TABLE orders ADD COLUMN total int;",
    check=OnActions((act.AddColumn,), _find),
)
