"""What a rule may know besides the statement that it looks at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Division, Segment
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.ledger import Timing
    from migsafe.schemas.live import LiveFacts
    from migsafe.schemas.names import QualifiedName


@dataclass(frozen=True)
class Judged:
    """A migration as the rules see it."""

    file: str
    """Its name, as exemptions give it: path relative to the migrations folder."""
    path: str
    """Path of the SQL file relative to the manifest, as in the places of its statements."""
    division: Division
    unusable_rollback: str = ""
    """Why the declared rollback cannot be read or run; empty where it can, or none is declared."""
    rollback: bool = True
    """Whether a rollback is declared; true also where nobody knows."""

    # Two dozen rules look for some kinds of actions in the whole set: what a migration holds is worked out once.

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements that are executed, in order."""
        return tuple(statement for segment in self.division.segments for statement in segment.statements)

    @cached_property
    def kinds(self) -> Counter[type[Action]]:
        """How many actions of each kind they are made of."""
        return Counter(type(action) for statement in self.statements for action in statement.actions)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What holds for all migrations alike."""

    platform: Platform = Platform.POSTGRES
    exposed: frozenset[str] = frozenset()
    """Schemas that strangers reach through an API."""
    major: int | None = None
    """Major version of the target's server; None where nobody says: then what holds for any of them counts."""
    live: LiveFacts | None = None
    """What goes on in the target; None without one."""
    timings: tuple[Timing, ...] = ()
    """What statements of earlier runs took there."""


@dataclass(frozen=True, slots=True)
class Context:
    """The moment before one statement."""

    state: SchemaState
    """What stands before the statement; not to be changed or kept."""
    surroundings: Surroundings
    migration: Judged | None = None
    segment: Segment | None = None
    number: int = 0
    """The statement's number in its segment, from 0."""
    previous: Judged | None = None
    """The migration before this one in the set."""
    effects: Mapping[QualifiedName, Effect] = field(default_factory=dict)
    """What the whole statement does to each relation, with what it runs inside; empty for rules on the set."""

    @property
    def major(self) -> int | None:
        """Major version of the target's server, where it is known."""
        return self.surroundings.major

    @property
    def supabase(self) -> bool:
        """Whether the target is Supabase: its roles, its managed schemas, its API."""
        return self.surroundings.platform is Platform.SUPABASE

    def live(self, table: QualifiedName) -> bool:
        """Whether sessions may be waiting for the table."""
        return self.state.live(table)

    def exposed(self, table: QualifiedName) -> bool:
        """Whether strangers reach the table's schema."""
        return self.state.qualified(table).schema in self.surroundings.exposed

    def earlier(self) -> Iterator[Action]:
        """The actions that the same transaction has done before this statement."""
        before = self.segment.statements[: self.number] if self.segment is not None else ()
        return (action for statement in before for action in statement.actions)

    def later(self) -> Iterator[Action]:
        """The actions that the same transaction does after this statement."""
        after = self.segment.statements[self.number + 1 :] if self.segment is not None else ()
        return (action for statement in after for action in statement.actions)

    def alone_in_migration(self) -> bool:
        """Whether the migration has no other statement than this one."""
        return self.migration is None or len(self.migration.statements) == 1
