"""What a change of a column's type comes to, besides the rewrite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.effects.columns import retyped
from migsafe.planner.rules.clues.around import before, fellows

if TYPE_CHECKING:
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.rules.context import Context

_UTC = {"utc", "gmt", "etc/utc", "etc/gmt", "zulu", "uct"}
STRINGS = frozenset({"text", "varchar", "bpchar", "name"})
# Types of PostgreSQL's own to which no string is cast without USING (measured on 17: ALTER COLUMN TYPE gives 42804).
_NOT_FROM_STRINGS = frozenset(
    """
    bool bytea cidr date float4 float8 inet int2 int4 int8 interval json jsonb macaddr money numeric point time
    timestamp timestamptz timetz tsvector uuid
    """.split()
)
# The same between types that are not strings, for those that people try.
_REFUSED = frozenset(
    {
        *((number, other) for number in ("int2", "int4", "int8", "numeric") for other in ("bool", "uuid", "date")),
        *((number, moment) for number in ("int4", "int8", "numeric") for moment in ("timestamp", "timestamptz")),
        *((moment, number) for number in ("int4", "int8", "numeric") for moment in ("timestamp", "timestamptz")),
        *(("bool", number) for number in ("int2", "int4", "int8", "numeric")),
        *(("uuid", number) for number in ("int4", "int8")),
    }
)


def old_type(action: act.AlterColumnType, context: Context) -> TypeName | None:
    """The type that the column has, where it is known."""
    known = context.state.column(action.table, action.column)
    return known.type if known is not None else None


def follows_time_zone(action: act.AlterColumnType, context: Context) -> bool:
    """Whether it is the session's TimeZone that decides on a rewrite: timestamp to timestamptz or back."""
    old = old_type(action, context)
    return (
        old is not None
        and {old.name, action.type.name} == {"timestamp", "timestamptz"}
        and not old.array
        and not action.type.array
        and action.using is None
    )


def under_utc(context: Context) -> bool:
    """Whether the migration has set the session's TimeZone to UTC."""
    found = False
    for action in before(context):
        if isinstance(action, act.SetVariable) and action.name.lower() == "timezone":
            found = str(action.value).lower() in _UTC
    return found


def rewrites(action: act.AlterColumnType, context: Context) -> bool:
    """Whether the table is written anew."""
    if follows_time_zone(action, context) and under_utc(context):
        return False
    return retyped(action, context.state).rewrite


def refused(old: TypeName, new: TypeName, context: Context) -> bool:
    """Whether PostgreSQL is known to refuse the change without USING, and to refuse a default that stays."""
    if old.array != new.array or old.schema is not None or context.state.type_of(old) is not None:
        return False
    known = context.state.type_of(new)
    if known is not None:
        return known.kind == "enum" and old.name in STRINGS
    if old.name in STRINGS:
        return new.schema is None and new.name in _NOT_FROM_STRINGS
    return new.schema is None and (old.name, new.name) in _REFUSED


def default_dropped(table_action: act.AlterColumnType, context: Context) -> bool:
    """Whether this statement or an earlier one of the migration drops the column's default, and none sets it anew."""
    dropped = False
    for action in before(context):
        if isinstance(action, act.DropDefault | act.SetDefault) and _same(action, table_action, context):
            dropped = isinstance(action, act.DropDefault)
    # Within one ALTER TABLE defaults are dropped before types change, wherever they stand (tablecmds.c, AT_PASS_DROP).
    here = (each for each in fellows(context) if isinstance(each, act.DropDefault))
    return dropped or any(_same(each, table_action, context) for each in here)


def _same(one: act.DropDefault | act.SetDefault, two: act.AlterColumnType, context: Context) -> bool:
    return one.column == two.column and context.state.qualified(one.table) == context.state.qualified(two.table)


_SIZES = {"int2": 0, "int4": 1, "int8": 2, "float4": 3, "float8": 4}
_LOSES = {
    ("timestamptz", "date"): "the time of day is lost",
    ("timestamp", "date"): "the time of day is lost",
    ("timestamp", "time"): "the date is lost",
    ("timestamptz", "time"): "the date is lost",
    ("float8", "float4"): "digits are lost",
    ("numeric", "float4"): "digits are lost",
    ("numeric", "float8"): "digits are lost",
}
_WHOLE = ("int2", "int4", "int8")


def narrowed(old: TypeName, new: TypeName) -> str:
    """What becomes of values that do not fit, as a clause; empty where every value fits or nobody can tell."""
    if old.array or new.array or old.schema is not None or new.schema is not None:
        return ""
    if (old.name, new.name) in _LOSES:
        return _LOSES[old.name, new.name]
    if old.name in _WHOLE and new.name in _WHOLE:
        return "larger numbers make it fail" if _SIZES[new.name] < _SIZES[old.name] else ""
    if old.name in {"numeric", "float4", "float8"} and new.name in _WHOLE:
        return "fractions are rounded away, and larger numbers make it fail"
    return _shortened(old, new)


def _shortened(old: TypeName, new: TypeName) -> str:
    size, new_size = _numbers(old), _numbers(new)
    if new.name in {"varchar", "bpchar"} and old.name in STRINGS and new_size:
        shorter = not size or new_size[0] < size[0]
        return "longer values make it fail" if shorter else ""
    if old.name == new.name == "numeric" and new_size:
        if not size:
            return "digits beyond its scale are rounded away, and larger numbers make it fail"
        whole, fraction = _digits(size), _digits(new_size)
        if fraction[1] < whole[1]:
            return "digits beyond its scale are rounded away"
        return "larger numbers make it fail" if fraction[0] < whole[0] else ""
    return ""


def _digits(modifiers: tuple[int, ...]) -> tuple[int, int]:
    """Digits before and after the point."""
    scale = modifiers[1] if len(modifiers) > 1 else 0
    return modifiers[0] - scale, scale


def _numbers(kind: TypeName) -> tuple[int, ...]:
    return tuple(modifier for modifier in kind.modifiers if isinstance(modifier, int))
