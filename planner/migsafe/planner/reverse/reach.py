"""What else has to be dropped and made again around a change, because it stands in its way."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from migsafe.planner.reverse.altering_tables import family
from migsafe.planner.reverse.element import Default, Element, TableColumn
from migsafe.schemas.catalog import (
    Constraint,
    ConstraintKind,
    Index,
    OtherObject,
    Policy,
    Routine,
    Rule,
    Statistics,
    Trigger,
    View,
)

if TYPE_CHECKING:
    from migsafe.planner.reverse.compose import Work
    from migsafe.schemas.catalog import ObjectIdentity


class Reach:
    """Spreads the work over what depends on it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._dependents: defaultdict[ObjectIdentity, list[Element]] = defaultdict(list)
        for element in work.now.values():
            for need in element.needs:
                self._dependents[need].append(element)

    def spread(self) -> None:
        """Until nothing is left that stands in the way: mark it to be dropped and, where it was there, made again."""
        work = self._work
        waiting = [*work.dropped, *work.rebuilt, *(key for key in work.altered if self._retyped(key))]
        rebuilt_columns: set[ObjectIdentity] = set()
        while waiting:
            key = waiting.pop()
            for element in self._dependents[key]:
                if element.key in work.dropped or element.key in rebuilt_columns:
                    continue
                if key in work.rebuilt and isinstance(element.thing, TableColumn):
                    rebuilt_columns.add(element.key)
                    waiting.append(element.key)
                elif self._in_the_way(element, key):
                    self._make_again(element.key)
                    waiting.append(element.key)

    def _make_again(self, key: ObjectIdentity) -> None:
        self._work.altered.pop(key, None)
        self._work.dropped.add(key)
        if key in self._work.before:
            self._work.made.add(key)

    def _retyped(self, key: ObjectIdentity) -> bool:
        now, before = self._work.now[key].thing, self._work.before[key].thing
        if not isinstance(now, TableColumn) or not isinstance(before, TableColumn):
            return False
        return (now.column.type, now.column.collation) != (before.column.type, before.column.collation)

    def _in_the_way(self, element: Element, key: ObjectIdentity) -> bool:
        match element.thing:
            case View() | Policy() | Rule() | Trigger() | Default() | Routine() | OtherObject():
                return True
            case TableColumn(column=column):
                return column.generated is not None and key.of == element.key.of
            case Constraint(kind=kind):
                return self._hard(key) and kind in {ConstraintKind.FOREIGN_KEY, ConstraintKind.CHECK}
            case Index(predicate=predicate, keys=keys, columns=columns):
                plain = predicate is None and all(each.strip('"') in columns for each in keys)
                return self._hard(key) and not plain
            case Statistics():
                return self._hard(key)
            case _:
                return False

    def _hard(self, key: ObjectIdentity) -> bool:
        """Whether the server could not carry expressions over to the other type by itself."""
        if key not in self._work.altered:
            return True
        now, before = self._work.now[key].thing, self._work.before[key].thing
        if not isinstance(now, TableColumn) or not isinstance(before, TableColumn):
            return True
        return family(now.column.type) != family(before.column.type) or family(now.column.type) == "user"
