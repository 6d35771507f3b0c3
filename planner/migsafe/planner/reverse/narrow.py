"""The part of two catalogs that a rollback between them is concerned with."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.schemas.catalog import Catalog, CatalogObject, ObjectIdentity

_MANY = ("sequences", "tables", "views", "routines")
"""What there are hundreds of; of everything else all is kept."""


def narrowed(now: Catalog, before: Catalog) -> tuple[Catalog, Catalog]:
    """Both catalogs without the relations and routines that are equal and that nothing changed has to do with.

    What depends on something changed stays, with all that it needs in turn.
    """
    up, down = _edges((now, before))
    concerned = _reached(_reached(_changed(now, before), up), down)
    return _only(now, concerned), _only(before, concerned)


def _changed(now: Catalog, before: Catalog) -> set[str]:
    """The names of all objects that are not the same in both."""
    found: set[str] = set()
    for (field, ours), (_, theirs) in zip(now, before, strict=True):
        if field != "dependencies" and ours != theirs:
            old = {_name(each): each for each in theirs}
            new = {_name(each): each for each in ours}
            found |= {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return found


def _name(thing: CatalogObject) -> str:
    return _listed(thing.identity)


def _listed(identity: ObjectIdentity) -> str:
    """The name of the object that has this part."""
    return identity.of or identity.name


def _edges(catalogs: Iterable[Catalog]) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    """From each name to those that depend on it, and to those that it needs."""
    up: defaultdict[str, set[str]] = defaultdict(set)
    down: defaultdict[str, set[str]] = defaultdict(set)
    for catalog in catalogs:
        for dependent, on in _pairs(catalog):
            up[on].add(dependent)
            down[dependent].add(on)
    return up, down


def _pairs(catalog: Catalog) -> Iterable[tuple[str, str]]:
    for pair in catalog.dependencies:
        yield _listed(pair.dependent), _listed(pair.on)
    for table in catalog.tables:
        yield from ((table.name, parent) for parent in table.parents)
        for index in table.indexes:  # dependencies name it by itself
            yield index.name, table.name
            yield table.name, index.name
    for sequence in catalog.sequences:
        if sequence.owned_by is not None:
            yield sequence.name, sequence.owned_by.relation
            yield sequence.owned_by.relation, sequence.name


def _reached(start: set[str], edges: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def _only(catalog: Catalog, names: set[str]) -> Catalog:
    kept: dict[str, object] = {
        field: tuple(each for each in things if _name(each) in names) for field, things in catalog if field in _MANY
    }
    pairs = (each for each in catalog.dependencies if _listed(each.dependent) in names)
    return catalog.model_copy(update=kept | {"dependencies": tuple(pairs)})
