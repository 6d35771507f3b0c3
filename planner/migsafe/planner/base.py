"""The base of a plan: the shape, before it, of the objects that it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions import touched
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carry import walk
from migsafe.schemas.target import ObjectFingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.prepared import Script
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.target import TargetFacts

_RELATIONS = {ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE}


def base_of(
    scripts: Iterable[Script], state: SchemaState, facts: TargetFacts, managed: tuple[str, ...]
) -> tuple[ObjectFingerprint, ...]:
    """The fingerprint of each relation of the managed schemas that the scripts name, sorted; `absent` where it is not.

    `state` is what stands before the first script. Relations of other schemas are not ours to watch.
    """
    known = {found.object: found.fingerprint for found in facts.fingerprints}
    names = {str(name) for name in _named(scripts, state.copy()) if name.schema in managed}
    return tuple(ObjectFingerprint(object=name, fingerprint=known.get(name, "absent")) for name in sorted(names))


def _named(scripts: Iterable[Script], state: SchemaState) -> Iterator[QualifiedName]:
    for script in scripts:
        for segment, number in walk(script.division.segments, state):
            for found in touched(segment.statements[number].actions):
                if found.kind in _RELATIONS:
                    yield state.qualified(found.name)
