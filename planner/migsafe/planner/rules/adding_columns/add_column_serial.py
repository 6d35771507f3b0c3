"""A new serial column, which numbers every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.typename import SERIAL_TYPES
from migsafe.planner.rules.remedies.rewritten import not_null_later
from migsafe.planner.rules.remedies.safer import parted
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import QualifiedName, quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.columns import Column
    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.AddColumn(table=table, column=column) if context.live(table):
            if column.type is not None and column.type.serial:
                detail = f"{column.type} gives {table}.{column.name} a number in every row"
                yield Hit(table, detail, _safer(table, column))


def _safer(table: QualifiedName, column: Column) -> str:
    if column.type is None or column.constraints:
        return ""
    sequence = QualifiedName(f"{table.name}_{column.name}_seq", table.schema)
    kind, name = SERIAL_TYPES[column.type.name], quoted(column.name)
    quoted_sequence = str(sequence).replace("'", "''")
    first = [
        f"CREATE SEQUENCE {sequence} AS {kind};",
        f"ALTER TABLE {table} ADD COLUMN {name} {kind};",
        f"ALTER SEQUENCE {sequence} OWNED BY {table}.{name};",
        f"ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT nextval('{quoted_sequence}');",
        "-- fill the rows that are there, in batches",
    ]
    return parted("\n".join(first), not_null_later(table, column.name))


RULE = Rule(
    name="add-column-serial",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=50,
    scaled=True,
    harm="The whole table and all its indexes are written anew while reads and writes wait.",
    remedy=(
        "Make a sequence, add a plain column, let the sequence be its default, and number the old rows in batches."
    ),
    before="CREATE TABLE users (id bigint PRIMARY KEY);",
    unsafe="ALTER TABLE users ADD COLUMN number bigserial;",
    safe="""
CREATE SEQUENCE users_number_seq;
ALTER TABLE users ADD COLUMN number bigint;
ALTER TABLE users ALTER COLUMN number SET DEFAULT nextval('users_number_seq');
""",
    check=OnActions((act.AddColumn,), _find),
)
