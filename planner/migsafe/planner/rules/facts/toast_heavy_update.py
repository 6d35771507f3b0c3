"""One UPDATE of values that are stored outside of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.rules.context import Context
    from migsafe.schemas.names import QualifiedName


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    match action:
        case act.Update(table=table, columns=columns, where=where) if context.live(table):
            live = context.surroundings.live
            known = live.table(str(context.state.qualified(table))) if live is not None else None
            outside = [column for column in columns if _may_be_outside(table, column, context)]
            if (
                known is not None
                and (known.toast_bytes or 0) >= _LARGE
                and outside
                and not _by_key(table, where, context)
            ):
                size = (known.toast_bytes or 0) // 1024**3
                yield Hit(table, f"{', '.join(outside)} of {table} may be stored apart, where it has {size:,} GiB")
        case _:
            pass


_LARGE = 1024**3
"""Bytes of a TOAST table from which its values are worth a word."""

_INSIDE = frozenset({"int2", "int4", "int8", "float4", "float8", "bool", "date", "time", "timetz", "timestamp"}) | {
    *("timestamptz", "uuid", "money", "interval", "oid", "inet", "cidr", "macaddr", "point", "bit"),
}
"""Types whose values always stay in the row."""


def _may_be_outside(table: QualifiedName, column: str, context: Context) -> bool:
    known = context.state.column(table, column)
    if known is None or known.type is None:
        return False
    kind = context.state.type_of(known.type)
    return known.type.array or (known.type.name not in _INSIDE and (kind is None or kind.kind != "enum"))


def _by_key(table: QualifiedName, where: Expression | None, context: Context) -> bool:
    """Whether the condition names the leading column of a unique index: then it is a batch, or one row."""
    keys = {index.columns[0] for index in context.state.indexes_of(table).values() if index.unique and index.columns}
    return where is not None and bool(set(where.columns) & keys)


RULE = Rule(
    name="toast-heavy-update",
    severity=Severity.WARNING,
    dimension=Dimension.AVAILABILITY,
    points=15,
    harm=(
        "Each value that changes is written whole once more beside the old one, with its WAL: disk, standbys and slots "
        "must bear all of it at one go, and the file does not shrink again."
    ),
    remedy="Write in batches by key with pauses, so that VACUUM can give the room of old values to new ones.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, total int, invoice jsonb);\nCREATE INDEX ON orders (total);",
    unsafe="UPDATE orders SET invoice = invoice - 'draft' WHERE total = 0;",
    safe="UPDATE orders SET invoice = invoice - 'draft' WHERE id BETWEEN 1 AND 1000;",
    check=OnActions((act.Update,), _find),
)
