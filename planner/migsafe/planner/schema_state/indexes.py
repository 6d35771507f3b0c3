"""Indexes by name and by table."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.state_objects import IndexState
    from migsafe.schemas.names import QualifiedName


class Indexes(MutableMapping["QualifiedName", "IndexState"]):
    """A mapping of indexes by their qualified names that also answers which are of a table, without a search."""

    __slots__ = ("_all", "_of")

    def __init__(self, given: Mapping[QualifiedName, IndexState] | None = None) -> None:
        """Hold the given indexes."""
        self._all: dict[QualifiedName, IndexState] = {}
        self._of: dict[QualifiedName, tuple[QualifiedName, ...]] = {}
        if given is not None:
            self.update(given)

    def __getitem__(self, name: QualifiedName) -> IndexState:
        """The index of this name."""
        return self._all[name]

    def __setitem__(self, name: QualifiedName, index: IndexState) -> None:
        """Know an index by this name."""
        if name in self._all:
            del self[name]
        self._all[name] = index
        self._of[index.table] = (*self._of.get(index.table, ()), name)

    def __delitem__(self, name: QualifiedName) -> None:
        """Forget an index."""
        table = self._all.pop(name).table
        self._of[table] = tuple(other for other in self._of[table] if other != name)

    def __iter__(self) -> Iterator[QualifiedName]:
        """The names."""
        return iter(self._all)

    def __len__(self) -> int:
        """How many."""
        return len(self._all)

    def of(self, table: QualifiedName) -> dict[QualifiedName, IndexState]:
        """The indexes of a table, by name."""
        return {name: self._all[name] for name in self._of.get(table, ())}

    def copy(self) -> Indexes:
        """One of its own, equal to this one."""
        made = Indexes()
        made._all, made._of = self._all.copy(), self._of.copy()
        return made
