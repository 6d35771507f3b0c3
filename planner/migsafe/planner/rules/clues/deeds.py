"""All actions of the whole set in order, for rules that judge what is left at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner import actions as act

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged
    from migsafe.schemas.names import QualifiedName


@dataclass(frozen=True, slots=True)
class Deed:
    """One action with its place in the set."""

    action: act.Action
    statement: Statement
    migration: int
    """The number of its migration, from 0."""
    number: int
    """Its own number in the set, from 0."""
    schema: str
    """The schema of unqualified names at this place."""

    def full(self, name: QualifiedName) -> QualifiedName:
        """The name with its schema."""
        return name.within(self.schema)


def deeds(migrations: tuple[Judged, ...], *kinds: type[act.Action]) -> Iterator[Deed]:
    """The actions of some kinds."""
    count = 0
    for number, migration in enumerate(migrations):
        if migration.kinds.keys().isdisjoint(kinds):
            count += migration.kinds.total()
            continue
        schema = "public"
        for statement in migration.statements:
            for action in statement.actions:
                count += 1
                if isinstance(action, act.SetVariable):
                    schema = _first_schema(action) or schema
                if isinstance(action, kinds):
                    yield Deed(action, statement, number, count, schema)


def _first_schema(action: act.SetVariable) -> str | None:
    if action.name != "search_path" or action.value is None:
        return None
    parts = (part.strip() for part in action.value.split(","))
    return next((part for part in parts if part not in {"", "$user"}), None)
