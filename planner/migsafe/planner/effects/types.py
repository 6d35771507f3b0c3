"""Which types of a column change in the catalog alone, and which indexes stand the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.schema_state import SchemaState

_TIMES = {"time", "timetz", "timestamp", "timestamptz", "interval"}
_STRINGS = {"text", "varchar"}

# Casts of pg_cast without a function (castmethod 'b'), of which both types are stored alike; citext's are its own.
_SAME_BYTES = frozenset(
    {("cidr", "inet"), ("bit", "varbit"), ("int4", "oid"), ("oid", "int4"), ("text", "bpchar"), ("varchar", "bpchar")}
    | {(string, "citext") for string in _STRINGS}
    | {("citext", string) for string in _STRINGS}
)

# Zones of which TimestampTimestampTzRequiresRewrite finds that they have no offset and never had a change of clocks.
_UTC = frozenset({"utc", "etc/utc", "uct", "etc/uct", "gmt", "etc/gmt", "gmt0", "zulu", "etc/zulu", "universal"})


def is_free(old: TypeName, new: TypeName, time_zone: str | None = None) -> bool:  # noqa: PLR0911 - one line for each family of types
    """Whether a column changes from one type to the other in the catalog alone (measured: 13 to 18 agree).

    timestamp and timestamptz change into each other freely only in a session whose TimeZone is known to be UTC.
    """
    if old == new:
        return True
    if old.array or new.array:
        return False  # an array is converted element by element
    if not _builtin(old) or not _builtin(new):
        return False
    if new.name in _STRINGS and not new.modifiers and old.name in _STRINGS:
        return True
    if (old.name, new.name) in _SAME_BYTES and not new.modifiers:
        return True
    if {old.name, new.name} == {"timestamp", "timestamptz"}:
        return time_zone in _UTC and not new.modifiers
    return old.name == new.name and _wider(old, new)


def _builtin(kind: TypeName) -> bool:
    return kind.schema is None or kind.name == "citext"


def _wider(old: TypeName, new: TypeName) -> bool:
    if not new.modifiers:
        return old.name in {"varchar", "varbit", "numeric", "bpchar"} | _TIMES
    before, after = _numbers(old), _numbers(new)
    if not before or not after:
        return False
    if old.name == "numeric":
        return after[0] >= before[0] and (before[1:] or (0,)) == (after[1:] or (0,))
    return old.name in {"varchar", "varbit"} | _TIMES and after[0] >= before[0]


def _numbers(kind: TypeName) -> tuple[int, ...]:
    return tuple(modifier for modifier in kind.modifiers if isinstance(modifier, int))


_CLASSES = {"varchar": "text", "cidr": "inet", "bit": "bit", "varbit": "varbit"}


def keeps_indexes(old: TypeName, new: TypeName) -> bool:
    """Whether a plain index on the column stands a change that is free: both types have the same operator class."""
    return _CLASSES.get(old.name, old.name) == _CLASSES.get(new.name, new.name)


def constrained(kind: TypeName, state: SchemaState) -> bool:
    """Whether it is a domain with CHECK or NOT NULL, also by a domain that it stands on, as far as is known."""
    known = state.type_of(kind)
    if known is None or known.kind != "domain":
        return False
    return known.constrained or (known.base is not None and constrained(known.base, state))


def beneath(kind: TypeName, state: SchemaState) -> TypeName:
    """The type that a domain stands on; any other type itself."""
    known = state.type_of(kind)
    if known is None or known.kind != "domain" or known.base is None or kind.array:
        return kind
    return beneath(known.base, state)
