"""The chain of hashes that makes a change of the ledger visible."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from migsafe.schemas.ledger import EntryKind
from migsafe.schemas.seal import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json] | None"
"""What a body may hold. No floats: jsonb gives them back in another spelling, which would break the chain."""

BEGINNING = ""
"""The `previous` of the first entry."""


class Entry(NamedTuple):
    """One row of the ledger."""

    sequence: int
    run: str
    kind: str
    at: str
    """When, ISO 8601 UTC, by the server's clock. Not part of the hash: the server fills it in."""
    body: Mapping[str, Json]
    previous: str
    hash: str


def link(previous: str, sequence: int, run: str, kind: str, body: Mapping[str, Json]) -> str:
    """The hash of an entry: SHA-256 over the hash before it and the canonical JSON of what it says."""
    said = canonical({"sequence": sequence, "run": run, "kind": kind, "body": body})
    return hashlib.sha256((previous + said).encode()).hexdigest()


def first_break(entries: Iterable[Entry]) -> int | None:
    """Sequence number of the first entry that does not fit, in ascending order; None where the chain is whole."""
    previous = BEGINNING
    for expected, entry in enumerate(entries, start=1):
        whole = (
            entry.sequence == expected
            and entry.previous == previous
            and entry.kind in set(EntryKind)
            and entry.hash == link(previous, entry.sequence, entry.run, entry.kind, entry.body)
        )
        if not whole:
            return entry.sequence
        previous = entry.hash
    return None
