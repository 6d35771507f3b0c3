"""Table lock modes and what they keep waiting (PostgreSQL manual, 13.3.1 Table-Level Locks)."""

from __future__ import annotations

from enum import StrEnum


class Lock(StrEnum):
    """A table lock mode, in PostgreSQL's words, weakest first."""

    NONE = "none"
    ACCESS_SHARE = "ACCESS SHARE"
    ROW_SHARE = "ROW SHARE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    EXCLUSIVE = "EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        """0 (none) to 8 (ACCESS EXCLUSIVE): the order in which PostgreSQL numbers its modes."""
        return _ORDER.index(self)

    @property
    def catalog_name(self) -> str:
        """The mode as `pg_locks.mode` spells it, e.g. `AccessExclusiveLock`."""
        return "".join(word.capitalize() for word in self.value.split()) + "Lock"

    def conflicts(self) -> frozenset[Lock]:
        """The modes that another session cannot hold beside this one."""
        return _CONFLICTS[self]

    @property
    def blocks_reads(self) -> bool:
        """Whether a plain SELECT waits."""
        return Lock.ACCESS_SHARE in _CONFLICTS[self]

    @property
    def blocks_writes(self) -> bool:
        """Whether INSERT, UPDATE, DELETE wait."""
        return Lock.ROW_EXCLUSIVE in _CONFLICTS[self]

    @property
    def blocks(self) -> str:
        """Who waits, in one phrase for people."""
        if self.blocks_reads:
            return "reads and writes"
        if self.blocks_writes:
            return "writes"
        if Lock.SHARE_UPDATE_EXCLUSIVE in _CONFLICTS[self]:
            return "DDL and vacuum"
        return "nobody" if self.strength < Lock.ROW_SHARE.strength else "only DDL"


_ORDER = tuple(Lock)

_A, _RS, _RE, _SUE, _S, _SRE, _E, _AE = _ORDER[1:]
_CONFLICTS: dict[Lock, frozenset[Lock]] = {
    Lock.NONE: frozenset(),
    _A: frozenset({_AE}),
    _RS: frozenset({_E, _AE}),
    _RE: frozenset({_S, _SRE, _E, _AE}),
    _SUE: frozenset({_SUE, _S, _SRE, _E, _AE}),
    _S: frozenset({_RE, _SUE, _SRE, _E, _AE}),
    _SRE: frozenset({_RE, _SUE, _S, _SRE, _E, _AE}),
    _E: frozenset({_RS, _RE, _SUE, _S, _SRE, _E, _AE}),
    _AE: frozenset({_A, _RS, _RE, _SUE, _S, _SRE, _E, _AE}),
}


def strongest(locks: list[Lock] | tuple[Lock, ...]) -> Lock:
    """The strongest of some modes; `Lock.NONE` for none at all."""
    return max(locks, key=lambda lock: lock.strength, default=Lock.NONE)
