"""Sizes of relations; one that somebody holds locked is left out and named."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

from migsafe.executor.survey.live.bounded import bounds, own, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.executor.survey.live.bounded import Bounded
    from migsafe.schemas.names import QualifiedName

Size: TypeAlias = tuple[int, int, int]
"""Bytes of rows, indexes, TOAST."""

_ALL_TOGETHER_MS = 100
_EACH_MS = 20


def sizes(asking: Bounded, names: Mapping[int, QualifiedName]) -> dict[int, Size]:
    """The sizes of these relations by their oid. Each that cannot be read leaves a gap with its name.

    All at once; only where somebody stands in the way, one by one, for as long as one question may take.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    if not names:
        return {}
    try:
        return _read(asking, list(names), _ALL_TOGETHER_MS)
    except psycopg.Error:
        if asking.connection.broken:
            raise
    return _one_by_one(asking, names)


def _one_by_one(asking: Bounded, names: Mapping[int, QualifiedName]) -> dict[int, Size]:
    import psycopg  # noqa: PLC0415 - slow to import

    found: dict[int, Size] = {}
    until = time.monotonic() + asking.timeout_ms / 1000
    for oid, name in names.items():
        if time.monotonic() > until:
            asking.lacks(f"size of {name}", "there was no time left")
            continue
        try:
            found |= _read(asking, [oid], _EACH_MS)
        except psycopg.Error as error:
            if asking.connection.broken:
                raise
            asking.gaps.append(refusal(f"size of {name}", error.sqlstate))
    return found


def _read(asking: Bounded, oids: list[int], lock_ms: int) -> dict[int, Size]:
    with bounds(asking.connection, asking.timeout_ms, lock_ms):
        rows = asking.connection.execute(own("sizes.sql"), {"oids": oids})
        return {oid: (heap, indexes, toast) for oid, heap, indexes, toast in rows if heap is not None}
