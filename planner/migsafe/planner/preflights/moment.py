"""The moment before one statement, as questions about rows see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.preflights.compose import Wordless
from migsafe.planner.preflights.exact_text import exact_text

if TYPE_CHECKING:
    from migsafe.planner.actions import Expression
    from migsafe.planner.parse import Statement
    from migsafe.planner.preflights.earlier import Earlier
    from migsafe.planner.preflights.known import Known
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.preflight import Hazard

NOT_COMPOSED = "not composed"
_SYSTEM = ("cmax", "cmin", "ctid", "tableoid", "xmax", "xmin")


@dataclass(frozen=True, slots=True)
class Moment:
    """What a question may look at."""

    statement: Statement
    state: SchemaState
    """What stands before the statement; not to be changed or kept."""
    known: Known
    earlier: Earlier

    def full(self, name: QualifiedName) -> QualifiedName:
        """The name with its schema."""
        return self.state.qualified(name)

    def columns(self, expression: Expression, table: QualifiedName) -> tuple[str, ...]:
        """The columns of `table` that an expression of its own names: not the whole row, nor what every row has."""
        others = {table.name, *_SYSTEM} - set(self._own(table))
        return tuple(column for column in expression.columns if column not in others)

    def _own(self, table: QualifiedName) -> tuple[str, ...]:
        known = self.known.table(self.full(table))
        return tuple(one.name for one in known.columns) if known is not None else ()

    def text(self, expression: Expression, author: Statement) -> str | Unspoken:
        """The expression as its author wrote it, if asking it now means what it will mean then, and does no more.

        `author` is the statement that it stands in.
        """
        if self.state.search_path != "public":
            return Unspoken(f"{NOT_COMPOSED}: search_path is {self.state.search_path} at this statement")
        if calls := expression.volatile_calls:
            return Unspoken(f"{NOT_COMPOSED}: it calls {calls[0]}(), which is not known to change nothing")
        found = exact_text(expression.node, author)
        return Unspoken(f"{NOT_COMPOSED}: its text could not be told apart") if found is None else found


@dataclass(frozen=True, slots=True)
class Unspoken:
    """Why an expression is not asked."""

    reason: str

    def about(self, hazard: Hazard, table: QualifiedName, columns: tuple[str, ...] = ()) -> Wordless:
        """The question that cannot be put."""
        return Wordless(hazard, table, self.reason, columns)
