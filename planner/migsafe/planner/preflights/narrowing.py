"""Which values of one type another type does not take, or takes with a loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.effects.columns import is_free
from migsafe.planner.preflights.compose import literal
from migsafe.schemas.preflight import Consequence, Hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import TypeName

_INTEGERS = {"int2": 2**15, "int4": 2**31, "int8": 2**63}
_FRACTIONS = {"numeric", "float4", "float8"}
_NUMBERS = frozenset({*_INTEGERS, *_FRACTIONS})
_TEXTS = frozenset({"text", "varchar", "bpchar", "citext"})
_PLAIN = _TEXTS | _NUMBERS | {"uuid", "bool"}
_MOMENTS = frozenset({"timestamp", "timestamptz"})
_READ_FROM_TEXT = _NUMBERS | _MOMENTS | {"uuid", "date", "time", "timetz", "interval", "json", "jsonb", "bool", "inet"}
_SIXTEEN = 160_000


@dataclass(frozen=True, slots=True)
class Cast:
    """A change of type as the server will carry it out for each value."""

    old: TypeName
    new: TypeName
    value: str
    """The value that is cast, as SQL."""
    explicit: bool
    """By `::`, which cuts texts silently, rather than by assignment, which refuses."""
    labels: tuple[str, ...] | None
    """Labels of the new type, where it is an enum that is known."""
    name: str
    """The new type as SQL names it wherever it is asked."""
    server_version: int


@dataclass(frozen=True, slots=True)
class Unfit:
    """A condition that values fulfil which do not pass whole."""

    condition: str
    hazard: Hazard = Hazard.UNFITTING_VALUES
    consequence: Consequence = Consequence.FAILS


Tests: TypeAlias = "list[Unfit] | str"
"""The tests; or, as text, why there is none."""


def unfits(cast: Cast) -> Tests:  # noqa: PLR0911 - one short case for each family of types
    """What to ask of each value; an empty list where every value passes whole."""
    old, new = cast.old, cast.new
    if cast.labels is not None:
        return _labelled(cast)
    if is_free(old, new):
        return []
    if old.name in _TEXTS and cast.name != str(new) and not new.array:
        return _unreadable(cast)
    if old.array or new.array or old.schema is not None or new.schema is not None:
        return f"no question is known for {old} to {new}"
    if new.name in {"varchar", "bpchar", "text"} and old.name in _PLAIN:
        return list(_too_long(cast))
    if old.name in _TEXTS and new.name in _READ_FROM_TEXT:
        return _unreadable(cast)
    if old.name in _NUMBERS and new.name in _NUMBERS:
        return list(_number(cast))
    if old.name in _MOMENTS and new.name in {"date", *_MOMENTS}:
        return list(_moment(cast))
    return f"no question is known for {old} to {new}"


def _labelled(cast: Cast) -> Tests:
    known = ", ".join(literal(label) for label in cast.labels or ())
    return [Unfit(f"{cast.value}::text NOT IN ({known})" if known else f"{cast.value} IS NOT NULL")]


def _too_long(cast: Cast) -> Iterator[Unfit]:
    """Blanks beyond the length are cut off without a word, by assignment too (SQL standard)."""
    length = next((one for one in cast.new.modifiers if isinstance(one, int)), None)
    if length is None and cast.new.name == "bpchar":
        return
    if length is not None:
        condition = f"rtrim(substr({cast.value}::text, {length + 1}), ' ') <> ''"
        if cast.explicit:
            yield Unfit(condition, Hazard.LOST_PRECISION, Consequence.LOSES)
        else:
            yield Unfit(condition)


def _unreadable(cast: Cast) -> Tests:
    if cast.server_version < _SIXTEEN:
        return "whether a text can be read as another type can be asked from PostgreSQL 16 on"
    return [Unfit(f"NOT pg_input_is_valid({cast.value}::text, {literal(cast.name)})")]


def _number(cast: Cast) -> Iterator[Unfit]:
    new, value = cast.new, cast.value
    if (bound := _INTEGERS.get(new.name)) is not None:
        if cast.old.name in _FRACTIONS:
            yield Unfit(f"round({value}::numeric) NOT BETWEEN -{bound} AND {bound - 1}")
            yield Unfit(f"{value}::numeric <> round({value}::numeric)", Hazard.LOST_PRECISION, Consequence.LOSES)
        elif bound < _INTEGERS[cast.old.name]:
            yield Unfit(f"{value} NOT BETWEEN -{bound} AND {bound - 1}")
    elif new.name == "numeric" and new.modifiers:
        precision, scale = ([one for one in new.modifiers if isinstance(one, int)] + [0])[:2]
        rounded = f"round({value}::numeric, {scale})"
        number = f"{value}::numeric <> 'NaN'"
        yield Unfit(f"{number} AND abs({rounded}) >= 1e{precision - scale}::numeric")
        yield Unfit(f"{number} AND {value}::numeric <> {rounded}", Hazard.LOST_PRECISION, Consequence.LOSES)
    elif new.name == "float4" and cast.old.name == "float8":
        held = f"({value} = 0 OR abs({value}) BETWEEN 1.4e-45::float8 AND 3.4028235e38::float8)"
        yield Unfit(f"NOT {held} AND {value} NOT IN ('NaN', 'Infinity', '-Infinity')")
        cut = f"CASE WHEN {held} THEN {value} <> {value}::float4 END"
        yield Unfit(cut, Hazard.LOST_PRECISION, Consequence.LOSES)
    elif new.name in {"float4", "float8"} and cast.old.name in {"int4", "int8", "numeric"}:
        yield Unfit(f"{value} <> {value}::{new.name}::numeric", Hazard.LOST_PRECISION, Consequence.LOSES)


def _moment(cast: Cast) -> Iterator[Unfit]:
    if cast.new.name == "date":
        yield Unfit(f"{cast.value} <> {cast.value}::date", Hazard.LOST_PRECISION, Consequence.LOSES)
    elif cast.old.name == cast.new.name:
        cut = f"{cast.value}::{cast.new}"
        yield Unfit(f"{cast.value} <> {cut}", Hazard.LOST_PRECISION, Consequence.LOSES)
