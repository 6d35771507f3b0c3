"""Compares two catalogs object by object, part by part, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from migsafe.planner.catalog_difference.grants import Owners, changes_of_grants
from migsafe.planner.catalog_difference.wording import changed, created, dropped, reordered
from migsafe.schemas.catalog import (
    Attribute,
    CatalogKind,
    Column,
    ColumnName,
    Constraint,
    DomainConstraint,
    Grant,
    Index,
    ObjectIdentity,
    Policy,
    PublishedTable,
    RangeType,
    Routine,
    Rule,
    Statistics,
    Trigger,
    View,
)
from migsafe.schemas.catalog.change import Change, Value, What
from migsafe.schemas.names import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.catalog import Catalog, CatalogObject

_Part: TypeAlias = Column | Constraint | Index | Trigger | Policy | Rule | Statistics | DomainConstraint | Attribute
_Thing: TypeAlias = "CatalogObject | _Part"

# What the definition says too, or what follows from other objects.
_TOLD_OTHERWISE: dict[type, frozenset[str]] = {
    Constraint: frozenset(
        "kind columns referenced referenced_columns enforced deferrable initially_deferred index".split()
    ),
    Index: frozenset("method unique nulls_not_distinct keys include columns predicate options".split()),
    Trigger: frozenset("function timing events columns row_level".split()),
    View: frozenset({"reads"}),
    RangeType: frozenset({"subtype"}),
}
_ROUTINE_DETAILS = frozenset(
    "language returns volatility parallel strict security_definer leakproof settings body".split()
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Which object is looked at, and which listed object it is or is a part of."""

    object: ObjectIdentity
    within: ObjectIdentity

    def part(self, identity: ObjectIdentity) -> _Place:
        return _Place(identity, self.within)


def difference(before: Catalog, after: Catalog) -> tuple[Change, ...]:
    """All that differs, together for each object, in the order in which objects could be made; dropped ones come last.

    Dependencies are not compared: they follow from the objects. Equal catalogs give nothing.
    """
    ours, theirs = _unequal(before, after)
    old = {each.identity: each for each in ours}
    new = {each.identity: each for each in theirs}
    identities = dict.fromkeys((*new, *old))
    return tuple(
        change
        for identity in identities
        for change in _of_pair(_Place(identity, identity), old.get(identity), new.get(identity))
    )


def _unequal(before: Catalog, after: Catalog) -> tuple[list[CatalogObject], list[CatalogObject]]:
    """Both without the equal objects that they begin and end with, kind by kind: names of all would take their time."""
    ours: list[CatalogObject] = []
    theirs: list[CatalogObject] = []
    for (name, old), (_, new) in zip(before, after, strict=True):
        if name == "dependencies" or old is new:
            continue
        both = min(len(old), len(new))
        first = next((at for at in range(both) if old[at] != new[at]), both)
        last = next((at for at in range(both - first) if old[-1 - at] != new[-1 - at]), both - first)
        ours.extend(old[first : len(old) - last])
        theirs.extend(new[first : len(new) - last])
    return ours, theirs


def _of_pair(place: _Place, old: _Thing | None, new: _Thing | None) -> Iterator[Change]:
    if old is None and new is not None:
        yield _change(place, What.CREATED, created(place.object, new))
    elif old is not None and new is None:
        yield _change(place, What.DROPPED, dropped(place.object))
    elif old is not None and new is not None and old != new:
        yield from _of_fields(place, old, new)


def _change(place: _Place, what: What, sentence: str) -> Change:
    return Change(
        what=what,
        object=place.object,
        within=place.within,
        field=None,
        role=None,
        old=None,
        new=None,
        sentence=sentence,
    )


def _of_fields(place: _Place, old: _Thing, new: _Thing) -> Iterator[Change]:
    before, after = _fields(old), _fields(new)
    differing = [field for field in before if before[field] != after[field]]
    for field in _worth_saying(old, before, after, differing):
        match before[field], after[field]:
            case (tuple() as ours, tuple() as theirs) if field == "grants":
                owners = Owners(before.get("owner"), after.get("owner"))
                yield from changes_of_grants(place.object, place.within, _grants(ours), _grants(theirs), owners)
            case (tuple() as ours, tuple() as theirs) if _parts(ours) or _parts(theirs):
                yield from _of_parts(place, _parts(ours), _parts(theirs))
            case (was, now):
                yield _of_field(place, field, _value(was), _value(now))


def _fields(thing: _Thing) -> dict[str, object]:
    return {field: value for field, value in thing}  # noqa: C416 - dict() would call `keys`, which Index has as a field


def _worth_saying(
    thing: _Thing, before: dict[str, object], after: dict[str, object], differing: list[str]
) -> list[str]:
    """The differing fields that no other field says already."""
    told = set(_TOLD_OTHERWISE.get(type(thing), ()))
    if isinstance(thing, Routine) and _ROUTINE_DETAILS & set(differing):
        told.add("definition")
    if isinstance(thing, Constraint | DomainConstraint) and _without_validity(before) == _without_validity(after):
        told.add("definition")
    return [field for field in differing if field not in told]


def _without_validity(constraint: dict[str, object]) -> str:
    return str(constraint["definition"]).removesuffix(" NOT VALID")


def _of_field(place: _Place, field: str, old: Value, new: Value) -> Change:
    return Change(
        what=What.CHANGED,
        object=place.object,
        within=place.within,
        field=field,
        role=None,
        old=old,
        new=new,
        sentence=changed(place.object, field, old, new),
    )


def _of_parts(place: _Place, old: tuple[_Part, ...], new: tuple[_Part, ...]) -> Iterator[Change]:
    before = {_identity(each, place): each for each in old}
    after = {_identity(each, place): each for each in new}
    for identity in dict.fromkeys((*after, *before)):
        yield from _of_pair(place.part(identity), before.get(identity), after.get(identity))
    was = tuple(each.name for identity, each in before.items() if identity in after)
    now = tuple(each.name for identity, each in after.items() if identity in before)
    if was != now:
        yield Change(
            what=What.CHANGED,
            object=place.object,
            within=place.within,
            field="order",
            role=None,
            old=was,
            new=now,
            sentence=reordered(place.object, was, now),
        )


def _identity(part: _Part, place: _Place) -> ObjectIdentity:
    match part:
        case Column() | Attribute():
            return ObjectIdentity(kind=CatalogKind.COLUMN, name=quoted(part.name), of=place.object.name)
        case DomainConstraint():
            return ObjectIdentity(kind=CatalogKind.CONSTRAINT, name=quoted(part.name), of=place.object.name)
        case Constraint() | Index() | Trigger() | Policy() | Rule() | Statistics():
            return part.identity


def _parts(values: tuple[object, ...]) -> tuple[_Part, ...]:
    return tuple(value for value in values if isinstance(value, _Part))


def _grants(values: tuple[object, ...]) -> tuple[Grant, ...]:
    return tuple(value for value in values if isinstance(value, Grant))


def _value(value: object) -> Value:
    match value:
        case Enum():
            return str(value.value)
        case None | bool() | int() | str():
            return value
        case ColumnName():
            return f"{value.relation}.{quoted(value.column)}"
        case tuple():
            return tuple(_text(each) for each in value)
        case _:
            msg = f"no value of a catalog: {value!r}"
            raise TypeError(msg)


def _text(value: object) -> str:
    if isinstance(value, PublishedTable):
        columns = "" if value.columns is None else f" ({', '.join(quoted(column) for column in value.columns)})"
        return f"{value.table}{columns}" + ("" if value.where is None else f" WHERE {value.where}")
    return str(value)
