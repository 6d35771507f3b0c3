"""One hash for each object of a catalog, and one for all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from migsafe.schemas.catalog.identity import RELATION_KINDS, ObjectIdentity
from migsafe.schemas.catalog.relations import Table, View
from migsafe.schemas.seal import canonical
from migsafe.schemas.target import ObjectFingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.catalog.parts import Index
    from migsafe.schemas.catalog.whole import Catalog, CatalogObject

_DERIVED = {"reads"}
"""What other fields say already."""


def object_fingerprints(catalog: Catalog) -> tuple[ObjectFingerprint, ...]:
    """SHA-256 of the canonical JSON of each object, and of each index beside its table; sorted by name.

    A table changes with every part of it. Dependencies are in no fingerprint: they follow from the objects.
    """
    found = (
        ObjectFingerprint(object=fingerprint_name(each.identity), fingerprint=_hash(each))
        for each in _fingerprinted(catalog)
    )
    return tuple(sorted(found, key=lambda one: one.object))


def changed_fingerprints(first: Catalog, last: Catalog) -> tuple[dict[str, str], dict[str, str]]:
    """The fingerprints, by name, of the objects of each catalog that the other does not have or has otherwise.

    As `object_fingerprints` of both would tell, but only what is not equal is hashed, which takes most of the time.
    """
    old, new = _by_name(first), _by_name(last)
    unequal = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    before = {name: _hash(old[name]) for name in unequal if name in old}
    after = {name: _hash(new[name]) for name in unequal if name in new}
    same = {name for name in before if before[name] == after.get(name)}
    return _without(before, same), _without(after, same)


def overall_fingerprint(catalog: Catalog) -> str:
    """One SHA-256 for the whole catalog."""
    lines = "".join(f"{one.object} {one.fingerprint}\n" for one in object_fingerprints(catalog))
    return hashlib.sha256(lines.encode()).hexdigest()


def fingerprint_name(identity: ObjectIdentity) -> str:
    """How a fingerprint names an object: a relation by its name alone, others with their kind in front."""
    return identity.name if identity.kind in RELATION_KINDS else str(identity)


def _fingerprinted(catalog: Catalog) -> Iterator[CatalogObject | Index]:
    for each in catalog.objects():
        yield each
        if isinstance(each, Table | View):
            yield from each.indexes


def _by_name(catalog: Catalog) -> dict[str, CatalogObject | Index]:
    return {fingerprint_name(each.identity): each for each in _fingerprinted(catalog)}


def _without(found: dict[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in found.items() if name not in names}


def _hash(each: CatalogObject | Index) -> str:
    content = each.model_dump(mode="json", exclude=_DERIVED)
    return hashlib.sha256(canonical(content).encode()).hexdigest()
