"""In what a table that is there differs from the one that a CREATE TABLE would make."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.state_objects import TableState

_SERIAL = {
    **dict.fromkeys(("serial", "serial4"), "int4"),
    **dict.fromkeys(("bigserial", "serial8"), "int8"),
    **dict.fromkeys(("smallserial", "serial2"), "int2"),
}


def differences(known: TableState, wanted: act.CreateTable) -> Iterator[str]:
    """Kind, columns and types, each in a clause; none where nothing is known of the columns of either."""
    if known.kind not in {"table", "partitioned table", "foreign table"}:
        yield f"it is a {known.kind}"
        return
    if wanted.like or wanted.inherits or wanted.of_type or wanted.partition_of or not known.columns:
        return
    names = {column.name for column in wanted.columns}
    if lacking := [column.name for column in wanted.columns if column.name not in known.columns]:
        yield f"it lacks {', '.join(lacking)}"
    for column in wanted.columns:
        there = known.columns.get(column.name)
        if there is not None and there.type and column.type and not same_type(there.type, column.type):
            yield f"its {column.name} is {there.type}, not {column.type}"
    if more := [name for name in known.columns if name not in names]:
        yield f"it has {', '.join(more)} besides"


def same_type(one: TypeName, two: TypeName) -> bool:
    """Whether two spellings mean one type; a schema that one of them leaves out does not part them."""
    names = {_SERIAL.get(each.name, each.name) for each in (one, two)}
    schemas = {each.schema for each in (one, two)} - {None, "pg_catalog"}
    return len(names) == 1 and len(schemas) <= 1 and (one.modifiers, one.array) == (two.modifiers, two.array)
