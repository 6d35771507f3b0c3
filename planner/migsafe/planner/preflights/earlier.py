"""What earlier statements of the plan did to the rows that a later one depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.bodies import inside, unfolded
from migsafe.planner.preflights.compose import Question
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.preflight import Hazard

if TYPE_CHECKING:
    from migsafe.planner.actions import Action, Constraint
    from migsafe.planner.parse import Statement
    from migsafe.planner.preflights.compose import Wordless
    from migsafe.planner.schema_state import SchemaState

_TABLES = {ObjectKind.TABLE, ObjectKind.FOREIGN_TABLE}


@dataclass(frozen=True, slots=True)
class Promise:
    """A constraint that the plan added NOT VALID, to be validated later."""

    constraint: Constraint
    statement: Statement


@dataclass(slots=True)
class Earlier:
    """What the statements so far changed. Names are qualified."""

    made: set[QualifiedName] = field(default_factory=set)
    """Tables that the plan created, renamed, moved or dropped: what the name meant before is not what it means now."""
    reshaped: set[tuple[QualifiedName, str]] = field(default_factory=set)
    """Columns that it created, renamed or dropped."""
    retyped: set[tuple[QualifiedName, str]] = field(default_factory=set)
    """Columns that it gave another type: they hold as many values as before, but others."""
    rewritten: set[tuple[QualifiedName, str]] = field(default_factory=set)
    """Columns whose values it changed."""
    removed: set[QualifiedName] = field(default_factory=set)
    """Tables from which it removed rows."""
    filled: set[QualifiedName] = field(default_factory=set)
    """Tables to which it added rows."""
    unknown: bool = False
    """A part of a code block or function ran that was not analysed, and may have written anywhere."""
    promises: dict[tuple[QualifiedName, str], Promise] = field(default_factory=dict)

    def out_of_reach(self, asked: Question | Wordless) -> bool:
        """Whether a table or column that it is about is not what the target has now."""
        others = asked.needs if isinstance(asked, Question) else ()
        changed = self.reshaped if asked.hazard is Hazard.LOST_VALUES else self.reshaped | self.retyped
        return any(
            table in self.made or any((table, column) in changed for column in columns)
            for table, columns in ((asked.table, asked.columns), *others)
        )

    def changes_answer(self, question: Question) -> bool:
        """Whether rows that are found now may be gone, or right, when the statement comes."""
        table = question.table
        if self.unknown or table in self.removed:
            return True
        if any((table, column) in self.rewritten for column in question.columns):
            return True
        return any(
            other in self.filled or any((other, column) in self.rewritten for column in columns)
            for other, columns in question.needs
        )

    def note(self, statement: Statement, state: SchemaState) -> None:
        """Take in one statement; `state` is what stands before it."""
        for each in unfolded(statement, state):
            self.unknown |= bool(inside(each, state).unknown)
            for action in each.actions:
                self._shape(action, state)
                self._rows(action, state)
                self._promise(action, each, state)

    def _promise(self, action: Action, statement: Statement, state: SchemaState) -> None:
        match action:
            case act.AddConstraint(table=table, constraint=added) if added.not_valid and added.name is not None:
                self.promises[state.qualified(table), added.name] = Promise(added, statement)
            case _:
                return

    def _shape(self, action: Action, state: SchemaState) -> None:  # noqa: C901 - one short case for each action
        match action:
            case act.CreateTable(name=name) | act.CreateTableAs(name=name) | act.CreateView(name=name):
                if not state.exists(name):
                    self.made.add(state.qualified(name))
            case act.Rename(kind=kind, name=name, new_name=new) if kind in _TABLES:
                full = state.qualified(name)
                self.made |= {full, QualifiedName(new, full.schema)}
            case act.SetSchema(kind=kind, name=name, schema=schema) if kind in _TABLES:
                self.made |= {state.qualified(name), QualifiedName(name.name, schema)}
            case act.Drop(kind=kind, name=name) if kind in _TABLES:
                self.made.add(state.qualified(name))
            case act.AddColumn(table=table, column=column):
                # IF NOT EXISTS does nothing to a column that is there.
                if not (action.if_not_exists and state.column(table, column.name) is not None):
                    self.reshaped.add((state.qualified(table), column.name))
            case act.DropColumn(table=table, column=name):
                self.reshaped.add((state.qualified(table), name))
            case act.AlterColumnType(table=table, column=name):
                self.retyped.add((state.qualified(table), name))
            case act.RenameColumn(table=table, column=name, new_name=new):
                self.reshaped |= {(state.qualified(table), name), (state.qualified(table), new)}
            case _:
                pass

    def _rows(self, action: Action, state: SchemaState) -> None:
        match action:
            case act.Update(table=table, columns=columns):
                self.rewritten |= {(state.qualified(table), column) for column in columns}
            case act.Delete(table=table):
                self.removed.add(state.qualified(table))
            case act.Truncate(tables=tables):
                self.removed |= {state.qualified(table) for table in tables}
            case act.Merge(table=table) | act.Insert(table=table, on_conflict="update"):
                self.removed.add(state.qualified(table))
                self.filled.add(state.qualified(table))
            case act.Insert(table=table) | act.Copy(table=QualifiedName() as table, is_from=True):
                self.filled.add(state.qualified(table))
            case _:
                pass
