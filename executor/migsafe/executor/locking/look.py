"""One look at the locks of the server: who holds what stands in the way of the locks that a step needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.schemas.events import Blocker
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from migsafe.schemas.step import LockNeed

_MODES = {lock.catalog_name: lock for lock in Lock}


@dataclass(frozen=True, slots=True)
class Needed:
    """A relation on which a lock is needed, as it stands in the target now."""

    oid: int
    name: QualifiedName
    lock: Lock
    lockable: bool
    """Whether LOCK TABLE takes it and the role may: false for views, sequences, indexes, and other people's tables."""
    superuser: bool
    """Whether the session that looks is a superuser's: it can push an autovacuum away."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A lock in the way, and who holds it."""

    blocker: Blocker
    transaction: str
    """`pg_locks.virtualtransaction`: visible to every role, another one for each transaction."""
    hidden: bool
    """Whether its age is hidden from this role."""
    autovacuum: bool


def needed(connection: psycopg.Connection, needs: Iterable[LockNeed], role: str | None) -> tuple[Needed, ...]:
    """The needs whose relations exist, in their order; `role` is who will take the locks (None: who looks)."""
    needs = tuple(needs)
    parameters = {
        "names": [need.relation for need in needs],
        "modes": [need.lock.value for need in needs],
        "role": role,
    }
    return tuple(
        Needed(oid, QualifiedName(name, schema), Lock(mode), lockable, superuser)
        for oid, schema, name, lockable, superuser, mode in connection.execute(_sql("needed.sql"), parameters)
    )


def holders(connection: psycopg.Connection, needs: Iterable[Needed]) -> tuple[Holder, ...]:
    """Who holds a conflicting lock there, oldest first. Costs about half a millisecond and raises no error anywhere.

    Readers on a hot standby are not seen (the replay conflict is theirs).
    """
    pairs = [(need.oid, mode.catalog_name) for need in needs for mode in need.lock.conflicts()]
    parameters = {"relations": [oid for oid, _ in pairs], "modes": [mode for _, mode in pairs]}
    return tuple(_holder(*row) for row in connection.execute(_sql("holders.sql"), parameters))


def _holder(  # noqa: PLR0913, PLR0917 - the columns of holders.sql
    pid: int | None,
    transaction: str,
    relation: str,
    mode: str,
    seconds: float | None,
    application: str,
    role: str,
    state: str,
    query: str,
    autovacuum: bool,  # noqa: FBT001 - a column
) -> Holder:
    blocker = Blocker(
        pid=pid,
        application=application,
        user=role,
        relation=relation,
        mode=_MODES[mode].value,
        seconds=seconds or 0.0,
        state=state,
        query=query.strip().split("\n", 1)[0],
    )
    return Holder(blocker, transaction, seconds is None, autovacuum)


@cache
def _sql(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
