"""Which statements bring a catalog back, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from migsafe.planner.reverse.altering import altered, default_privileges
from migsafe.planner.reverse.born import born
from migsafe.planner.reverse.dropping import dropped
from migsafe.planner.reverse.element import Default, Element, TableColumn, default_key
from migsafe.planner.reverse.elements import elements, inherited
from migsafe.planner.reverse.enums import rebuilt
from migsafe.planner.reverse.making import made
from migsafe.planner.reverse.narrow import narrowed
from migsafe.planner.reverse.order import Graph
from migsafe.planner.reverse.reach import Reach
from migsafe.schemas.catalog import (
    CatalogKind,
    Constraint,
    DefaultPrivileges,
    EnumType,
    Extension,
    Grant,
    Routine,
    Sequence,
)

if TYPE_CHECKING:
    from migsafe.planner.reverse.element import Thing
    from migsafe.schemas.catalog import Catalog, ObjectIdentity


_ONLY_TOLD = {
    CatalogKind.COLLATION,
    CatalogKind.OPERATOR_CLASS,
    CatalogKind.OPERATOR_FAMILY,
    CatalogKind.SUBSCRIPTION,
    CatalogKind.TEXT_SEARCH_CONFIGURATION,
    CatalogKind.USER_MAPPING,
}
"""Kinds whose definition in the catalog serves comparison and is no SQL: these cannot be made again."""
_FOREIGN = {CatalogKind.SERVER, CatalogKind.FOREIGN_DATA_WRAPPER}
"""Their options may be secret, and are not known."""


class Deed(IntEnum):
    """What is done to a piece; where nothing else decides, in this order."""

    DROP = 0
    ALTER = 1
    CREATE = 2


@dataclass(slots=True)
class Work:
    """What is to be done to which pieces."""

    now: dict[ObjectIdentity, Element]
    before: dict[ObjectIdentity, Element]
    dropped: set[ObjectIdentity] = field(default_factory=set)
    made: set[ObjectIdentity] = field(default_factory=set)
    altered: dict[ObjectIdentity, tuple[str, ...]] = field(default_factory=dict)
    rebuilt: set[ObjectIdentity] = field(default_factory=set)
    """Enums that lose labels."""


def statements(now: Catalog, before: Catalog, role: str) -> tuple[str, ...]:
    """The statements that turn `now` into `before`, in an order in which they run; `role` is who will run them."""
    now, before = narrowed(now, before)
    work = Work(elements(now), elements(before))
    _compare(work)
    work.dropped -= inherited(before)
    work.made -= inherited(now)
    Reach(work).spread()
    return _Composition(work, before, role).statements()


def _compare(work: Work) -> None:
    work.dropped |= work.now.keys() - work.before.keys()
    work.made |= {key for key in work.before.keys() - work.now.keys() if key.kind not in _ONLY_TOLD}
    for key in work.now.keys() & work.before.keys():
        changes = altered(work.now[key], work.before[key])
        if changes:
            work.altered[key] = changes
        elif changes is None and isinstance(work.before[key].thing, EnumType):
            work.rebuilt.add(key)
        elif changes is None and key.kind not in _ONLY_TOLD | _FOREIGN:
            work.dropped.add(key)
            work.made.add(key)


class _Composition:
    """Puts the work in order."""

    def __init__(self, work: Work, before: Catalog, role: str) -> None:
        self._work = work
        self._catalog = before
        self._role = role
        self._sequences = {each.owned_by: each for each in before.sequences if each.owned_by and each.of_identity}
        self._graph: Graph[tuple[Deed, ObjectIdentity]] = Graph()

    def statements(self) -> tuple[str, ...]:
        for key in reversed([key for key in self._work.now if key in self._work.dropped]):
            if self._drop_of(key) == (Deed.DROP, key):
                late = isinstance(self._work.now[key].thing, Extension)
                self._graph.add((Deed.DROP, key), 9 if late else Deed.DROP)
        for key in self._work.before:
            if key in self._work.altered or key in self._work.rebuilt:
                self._graph.add((Deed.ALTER, key), Deed.ALTER)
            elif key in self._work.made and self._made_by(key) == (Deed.CREATE, key):
                self._graph.add((Deed.CREATE, key), Deed.CREATE)
        self._connect()
        found = [text for deed, key in self._graph.sorted() for text in self._texts(deed, key) if text]
        if any(
            isinstance(self._work.before[key].thing, Routine) for key in self._work.made | self._work.altered.keys()
        ):
            found.insert(0, "SET LOCAL check_function_bodies = off")
        return tuple(found)

    def _drop_of(self, key: ObjectIdentity) -> tuple[Deed, ObjectIdentity]:
        """The node that drops a piece: that of the piece which takes it along."""
        element = self._work.now[key]
        if _of_identity(element) and element.holder in self._work.altered:
            return Deed.ALTER, element.holder
        while element.holder in self._work.dropped and element.holder in self._work.now and self._taken_along(element):
            element = self._work.now[element.holder]
        return Deed.DROP, element.key

    def _taken_along(self, element: Element) -> bool:
        """Foreign keys between tables that are dropped go first: they may point in a circle."""
        thing = element.thing
        return not (
            isinstance(thing, Constraint)
            and thing.referenced not in {None, thing.table}
            and any(key.name == thing.referenced and key.of is None for key in self._work.dropped)
        )

    def _made_by(self, key: ObjectIdentity) -> tuple[Deed, ObjectIdentity]:
        element = self._work.before[key]
        if _of_identity(element) and element.made_with in self._work.altered:
            return Deed.ALTER, element.made_with
        while element.made_with is not None and element.made_with in self._work.made:
            element = self._work.before[element.made_with]
        return Deed.CREATE, element.key

    def _made_or_altered(self, key: ObjectIdentity) -> tuple[Deed, ObjectIdentity] | None:
        if key in self._work.made:
            return self._made_by(key)
        return (Deed.ALTER, key) if key in self._work.altered or key in self._work.rebuilt else None

    def _connect(self) -> None:
        work = self._work
        for key in work.dropped:
            for need in work.now[key].needs:
                if need in work.dropped:
                    self._graph.before(self._drop_of(key), self._drop_of(need))
                elif need in work.altered or need in work.rebuilt:
                    self._graph.before(self._drop_of(key), (Deed.ALTER, need))
        for key in work.altered.keys() | work.rebuilt:
            self._connect_altered(key)
        for key in work.made:
            for need in work.before[key].needs:
                if (node := self._made_or_altered(need)) is not None:
                    self._graph.before(node, self._made_by(key))
        self._connect_names()

    def _connect_altered(self, key: ObjectIdentity) -> None:
        work, node = self._work, (Deed.ALTER, key)
        for need in work.now[key].needs:
            if need in work.dropped:
                self._graph.before(node, self._drop_of(need))
            elif need in work.rebuilt and need not in work.before[key].needs:
                self._graph.before(node, (Deed.ALTER, need))
        for need in work.before[key].needs:
            if (found := self._made_or_altered(need)) is not None:
                self._graph.before(found, node)

    def _connect_names(self) -> None:
        """What takes a name comes after what gives it up."""
        taken: dict[tuple[str, str], list[tuple[Deed, ObjectIdentity]]] = {}
        for key in self._work.dropped:
            for slot in _slots(self._work.now[key]):
                taken.setdefault(slot, []).append(self._drop_of(key))
        for key in self._work.made:
            for slot in _slots(self._work.before[key]):
                for node in taken.get(slot, ()):
                    self._graph.before(node, self._made_by(key))

    def _texts(self, deed: Deed, key: ObjectIdentity) -> tuple[str, ...]:
        work = self._work
        match deed:
            case Deed.DROP:
                return self._dropped(work.now[key])
            case Deed.ALTER if key in work.rebuilt:
                return rebuilt(key, work.now, work.before) + self._finish(work.before[key])
            case Deed.ALTER:
                return work.altered[key]
            case Deed.CREATE:
                return self._created(key)

    def _dropped(self, element: Element) -> tuple[str, ...]:
        if isinstance(element.thing, DefaultPrivileges):
            return default_privileges(element.thing, _unsaid(element.thing))
        return (dropped(element),)

    def _created(self, key: ObjectIdentity) -> tuple[str, ...]:
        element = self._work.before[key]
        if isinstance(element.thing, DefaultPrivileges):
            return default_privileges(_unsaid(element.thing), element.thing)
        texts = [made(self._with_default(element), self._sequences)]
        for piece in self._work.before.values():
            if piece.key in self._work.made and self._made_by(piece.key) == (Deed.CREATE, key):
                texts += self._finish(piece)
        return tuple(texts)

    def _with_default(self, element: Element) -> Thing:
        thing = element.thing
        if isinstance(thing, TableColumn):
            default = self._work.before.get(default_key(thing.table, thing.column.name))
            if default is not None and isinstance(default.thing, Default):
                column = thing.column.model_copy(update={"default": default.thing.expression})
                return replace(thing, column=column)
        return thing

    def _finish(self, element: Element) -> tuple[str, ...]:
        return altered(born(element, self._role, self._catalog), element) or ()


def _unsaid(thing: DefaultPrivileges) -> DefaultPrivileges:
    """What new objects come with where nobody has said otherwise."""
    right = {"functions": "EXECUTE", "types": "USAGE"}.get(thing.objects)
    if thing.schema_name is not None or right is None:
        return thing.model_copy(update={"grants": ()})
    everybody = Grant(grantee="public", grantor=thing.role, privileges=(right,), grantable=())
    return thing.model_copy(update={"grants": (everybody,)})


def _of_identity(element: Element) -> bool:
    return isinstance(element.thing, Sequence) and element.thing.of_identity


def _slots(element: Element) -> tuple[tuple[str, str], ...]:
    """The names that a piece takes: no two pieces of a database have one at a time."""
    thing, key = element.thing, element.key
    if isinstance(thing, Constraint):
        return () if thing.index is None or thing.referenced else (("relation", thing.index),)
    if isinstance(thing, Routine):
        return (("routine", thing.name),)
    if key.of is not None:
        return ((key.of, f"{key.kind} {key.name}"),)
    kind = "relation" if key.kind is CatalogKind.INDEX or key.kind is CatalogKind.SEQUENCE else "type"
    if key.kind in _RELATIONS:
        return (("relation", key.name), ("type", key.name))
    return ((kind, key.name),)


_RELATIONS = {
    CatalogKind.TABLE,
    CatalogKind.PARTITIONED_TABLE,
    CatalogKind.FOREIGN_TABLE,
    CatalogKind.VIEW,
    CatalogKind.MATERIALIZED_VIEW,
}
