"""The set of migrations as transactions, each statement with what it does to relations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.locks import Lock
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged
    from migsafe.schemas.effect import Effect


@dataclass(frozen=True, slots=True)
class Done:
    """A statement of a file, and its effects (those of what it runs inside too) at the moment when it is reached."""

    statement: Statement
    effects: Mapping[QualifiedName, Effect]
    inner: tuple[Statement, ...] = ()
    """The statement itself and, in order, what it runs inside."""

    @property
    def actions(self) -> Iterator[Action]:
        """What it does, also inside of code blocks and functions."""
        return (action for each in self.inner for action in each.actions)

    def on_live(self) -> Iterator[tuple[QualifiedName, Effect]]:
        """Its effects on relations that others use."""
        return ((name, effect) for name, effect in self.effects.items() if not effect.new)

    def renamed(self, name: QualifiedName) -> QualifiedName:
        """What a relation is called after the statement."""
        for action in self.actions:
            match action:
                case act.Rename(kind=ObjectKind.TABLE, name=old, new_name=new) if _same(old, name):
                    return QualifiedName(new, name.schema)
                case _:
                    pass
        return name

    def exclusive(self) -> Iterator[QualifiedName]:
        """The relations in use that it takes ACCESS EXCLUSIVE on."""
        return (name for name, effect in self.on_live() if effect.lock is Lock.ACCESS_EXCLUSIVE)


def _same(written: QualifiedName, known: QualifiedName) -> bool:
    return written.name == known.name and written.schema in {None, known.schema}


@dataclass(frozen=True, slots=True)
class Transaction:
    """Statements that are done together; or one that is done outside of any transaction."""

    migration: Judged
    number: int
    """The number of its migration in the set, from 0."""
    kind: SegmentKind
    done: tuple[Done, ...]

    @property
    def together(self) -> bool:
        """Whether its locks are kept from one statement to the next."""
        return self.kind is SegmentKind.TRANSACTION
