"""Which tables may be at the other end of a key, a view or a type, found without a search over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.planner.state_objects import TableState
    from migsafe.schemas.names import QualifiedName


@dataclass(slots=True)
class Ends:
    """Every table that ever referred to a relation or had a column of a type: whoever asks looks whether it still does.

    Because more than the truth is allowed, states that were copied from each other share one.
    """

    referring: dict[QualifiedName, dict[QualifiedName, None]] = field(default_factory=dict)
    """By the relation that a key refers to or a view reads."""
    typed: dict[str, dict[QualifiedName, None]] = field(default_factory=dict)
    """By the bare name of the type of a column."""

    def note(self, tables: Mapping[QualifiedName, TableState], names: Iterable[QualifiedName]) -> None:
        """Take note of what these tables refer to now."""
        for name in names:
            if (table := tables.get(name)) is None:
                continue
            for constraint in table.constraints.values():
                if constraint.referenced is not None:
                    self.referring.setdefault(constraint.referenced, {})[name] = None
            for source in table.sources:
                self.referring.setdefault(source, {})[name] = None
            for column in table.columns.values():
                if column.type is not None:
                    self.typed.setdefault(column.type.name, {})[name] = None
