"""Columns in an order that wastes space in every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _context: Context) -> Iterator[Hit]:
    match action:
        case act.CreateTable(name=table, columns=columns, partition_of=None):
            sizes = [
                _SIZES.get(column.type.name) if column.type and not column.type.array else None for column in columns
            ]
            fixed = [size for size in sizes if size is not None]
            if len(fixed) == len(sizes) and fixed:
                wasted = _padding(fixed) - _padding(sorted(fixed, key=lambda size: -size[1]))
                if wasted >= _WORTH:
                    yield Hit(table, f"each row of {table} has {wasted} bytes of padding that another order saves")
        case _:
            pass


# Size and alignment (pg_type.typlen, typalign). Types of varying size are left out: rows with them align as they come.
_SIZES = {
    **dict.fromkeys(("int8", "bigserial", "timestamptz", "timestamp", "float8", "time", "money"), (8, 8)),
    **dict.fromkeys(("int4", "serial", "float4", "date", "oid"), (4, 4)),
    **dict.fromkeys(("int2", "smallserial"), (2, 2)),
    **dict.fromkeys(("bool", "char"), (1, 1)),
    "interval": (16, 8),
    "uuid": (16, 1),
}
_WORTH = 8


def _padding(columns: list[tuple[int, int]]) -> int:
    """Bytes between the columns of a row, and after the last one: rows begin at multiples of 8."""
    at = padded = 0
    for size, alignment in columns:
        gap = -at % alignment
        padded, at = padded + gap, at + gap + size
    return padded + -at % 8


RULE = Rule(
    name="column-order-padding",
    severity=Severity.OFF,
    dimension=Dimension.AVAILABILITY,
    points=1,
    harm="Columns of 8 bytes begin at multiples of 8: smaller ones between them leave holes in every row.",
    remedy="Put the widest fixed-size columns first and the ones of varying size last.",
    before="",
    unsafe="CREATE TABLE readings (on_line bool, at timestamptz NOT NULL, low bool, value float8, high bool);",
    safe="CREATE TABLE readings (at timestamptz NOT NULL, value float8, on_line bool, low bool, high bool);",
    check=OnActions((act.CreateTable,), _find),
)
