"""Which relations, columns, types, policies and triggers are there for certain at each statement of a set."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.bodies import inside
from migsafe.planner.rules.clues.shapes import differences
from migsafe.planner.tree import flag
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Done, Transaction
    from migsafe.planner.schema_state import SchemaState


class Wrong(StrEnum):
    """Why a statement certainly fails."""

    EXISTS = "exists"
    MISSING = "missing"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Clash:
    """A statement that certainly fails, for what is there or is not."""

    wrong: Wrong
    statement: Statement
    name: QualifiedName
    detail: str


def clashes(transactions: tuple[Transaction, ...], before: SchemaState) -> Iterator[Clash]:
    """What certainly fails, in order of its discovery; of whatever a code block may have changed nothing is said."""
    walk = _Walk(before)
    for transaction in transactions:
        walk.begin(transaction.number)
        for done in transaction.done:
            yield from walk.take(done)
    for name, statement in walk.used.items():
        if walk.absent(name):
            yield Clash(Wrong.MISSING, statement, name, f"{name} is not in the target")


_MAKES = (act.CreateTable, act.CreateTableAs, act.CreateView)
_USES = (
    *(act.AddColumn, act.AddConstraint, act.AlterColumnType, act.CreateIndex, act.CreatePolicy, act.CreateTrigger),
    *(act.Delete, act.DropColumn, act.EnableRowSecurity, act.Insert, act.SetDefault, act.SetNotNull, act.Update),
)
_RELATIONS = {act.ObjectKind.TABLE, act.ObjectKind.VIEW, act.ObjectKind.MATERIALIZED_VIEW}


@dataclass(slots=True)
class _Walk:
    """What is known so far. A value of None: it was known, and a code block or CASCADE may have changed it."""

    before: SchemaState
    known: dict[QualifiedName, dict[str, bool | None]] = field(default_factory=dict)
    """By relation, and then by the column, policy or trigger of it, in words; the relation itself has no words."""
    told: dict[tuple[QualifiedName, str], Statement] = field(default_factory=dict)
    """The statement that made or removed it."""
    used: dict[QualifiedName, Statement] = field(default_factory=dict)
    """The first use of what nothing is known of."""
    blind: bool = False
    """Something ran of which nobody knows what it did."""
    schema: str | None = "public"
    """Where unqualified names are; None where several schemas are searched."""
    migration: int = -1

    def begin(self, migration: int) -> None:
        if migration != self.migration:
            self.migration, self.schema = migration, "public"

    def take(self, done: Done) -> Iterator[Clash]:
        statement = done.statement
        if inside(statement, self.before).unknown:
            self.known.clear()
            self.used.clear()
            self.blind = True
            return
        for each in done.inner:
            if each is not statement:
                self._forget(each)
        lenient = flag(dict(statement.node), "missing_ok") or not statement.node
        for action in statement.actions:
            yield from self._action(action, statement, lenient=lenient)

    def _forget(self, statement: Statement) -> None:
        for found in act.touched(statement.actions):
            name = found.name.within(self.schema or "public")
            self.used.pop(name, None)
            self.known[name] = dict.fromkeys(self.known.get(name, {"": None}), None)

    def _action(self, action: act.Action, statement: Statement, *, lenient: bool) -> Iterator[Clash]:
        if isinstance(action, _USES) and not lenient:
            yield from self._use(action.table, statement)
        match action:
            case act.SetVariable(name="search_path", value=value):
                self.schema = _only_schema(value)
            case act.CreateTable() | act.CreateTableAs() | act.CreateView():
                yield from self._make(action, statement)
            case act.Drop(kind=kind, name=name, if_exists=if_exists) if kind in _RELATIONS:
                yield from self._drop(name, statement, if_exists=if_exists)
                if action.cascade:
                    self._unsure()
            case (
                act.Drop(kind=act.ObjectKind.SCHEMA | act.ObjectKind.TYPE | act.ObjectKind.EXTENSION) | act.DropOwned()
            ):
                self._unsure()
            case act.Rename(kind=kind, name=name, new_name=new) if kind in _RELATIONS:
                self._move(name, QualifiedName(new, name.schema), statement)
            case act.SetSchema(name=name, schema=schema):
                self._move(name, QualifiedName(name.name, schema), statement)
            case _:
                yield from self._part(action, statement)

    def _part(self, action: act.Action, statement: Statement) -> Iterator[Clash]:
        match action:
            case act.AddColumn(table=table, column=column, if_not_exists=lenient):
                yield from self._add(table, f"column {column.name}", statement, lenient=lenient)
            case act.CreatePolicy(table=table, name=name):
                yield from self._add(table, f"policy {name}", statement, lenient=False)
            case act.CreateTrigger(table=table, name=name, or_replace=lenient):
                yield from self._add(table, f"trigger {name}", statement, lenient=lenient)
            case act.DropColumn(table=table, column=name, if_exists=lenient):
                yield from self._remove(table, f"column {name}", statement, lenient=lenient)
            case act.Drop(kind=act.ObjectKind.POLICY | act.ObjectKind.TRIGGER as kind, table=table, name=name) if table:
                yield from self._remove(table, f"{kind} {name.name}", statement, lenient=action.if_exists)
            case act.RenameColumn(table=table, column=old, new_name=new):
                yield from self._remove(table, f"column {old}", statement, lenient=False)
                self._set(table, f"column {new}", statement, there=True)
            case act.Rename(table=table) if table is not None:
                self._unsure_of(table)
            case _:
                pass

    def _full(self, name: QualifiedName) -> QualifiedName | None:
        if name.schema is None and (self.schema is None or name.name.startswith("pg_")):
            return None
        return name.within(self.schema or "public")

    def _there(self, name: QualifiedName, part: str = "") -> bool | None:
        if part in (parts := self.known.get(name, {})):
            return parts[part]
        if self.blind:
            return None
        table = self.before.tables.get(name)
        if table is None or not part:
            return True if table is not None else None
        if part.removeprefix("column ") in table.columns:
            return True
        return False if table.told and part.startswith("column ") else None

    def absent(self, name: QualifiedName) -> bool:
        """Whether the target's catalog shows that there is no such relation.

        It leaves out what extensions brought; and where another schema has the name, a search path may lead there.
        """
        state = self.before
        brought = state.extensions.values()
        if self.blind or name.schema not in state.complete or name.schema in brought or None in brought:
            return False
        known = (*state.tables, *state.sequences, *state.indexes)
        return all(each.name != name.name for each in known)

    def _since(self, name: QualifiedName, part: str = "") -> str:
        by = self.told.get((name, part))
        return f"is gone since {_at(by)}" if by is not None else "is not in the target"

    def _use(self, written: QualifiedName, statement: Statement) -> Iterator[Clash]:
        name = self._full(written)
        if name is None:
            return
        there = self._there(name)
        if there is False:
            yield Clash(Wrong.MISSING, statement, name, f"{name} {self._since(name)}")
        elif there is None and "" not in self.known.get(name, {}):
            self.used.setdefault(name, statement)

    def _make(self, action: act.CreateTable | act.CreateTableAs | act.CreateView, by: Statement) -> Iterator[Clash]:
        name = self._full(action.name)
        if name is None or action.temporary:
            self._unsure_of(action.name)
            return
        lenient = action.or_replace if isinstance(action, act.CreateView) else action.if_not_exists
        earlier, there = self.used.pop(name, None), self._there(name)
        if there and not lenient:
            yield Clash(Wrong.EXISTS, by, name, f"{name} is there already{self._otherwise(name, action)}")
        elif earlier is not None and not lenient and not self.blind and there is None:
            yield Clash(Wrong.LATER, earlier, name, f"{name} is made only later, at {_at(by)}")
        self._unsure_of(name)
        self._set(name, "", by, there=True)
        if isinstance(action, act.CreateTable):
            for column in action.columns:
                self._set(name, f"column {column.name}", by, there=True)

    def _otherwise(self, name: QualifiedName, action: act.CreateTable | act.CreateTableAs | act.CreateView) -> str:
        """Since when, or what of it is otherwise than the statement wants."""
        if (made := self.told.get((name, ""))) is not None:
            return f" since {_at(made)}"
        known = self.before.tables.get(name)
        if known is None or not isinstance(action, act.CreateTable) or name in self.known:
            return ""
        return f": {'; '.join(differences(known, action)) or 'it has the same columns'}"

    def _drop(self, written: QualifiedName, statement: Statement, *, if_exists: bool) -> Iterator[Clash]:
        name = self._full(written)
        if name is None:
            return
        there = self._there(name)
        if not if_exists and (there is False or (there is None and name not in self.known and self.absent(name))):
            yield Clash(Wrong.MISSING, statement, name, f"{name} {self._since(name)}")
        self._unsure_of(name)
        self._set(name, "", statement, there=False)

    def _move(self, old: QualifiedName, new: QualifiedName, statement: Statement) -> None:
        for written, there in ((old, False), (new, True)):
            if (name := self._full(written)) is not None:
                self._unsure_of(name)
                self._set(name, "", statement, there=there)

    def _add(self, table: QualifiedName, part: str, by: Statement, *, lenient: bool) -> Iterator[Clash]:
        name = self._full(table)
        if name is not None and self._there(name, part) and not lenient:
            made = self.told.get((name, part))
            yield Clash(
                Wrong.EXISTS, by, name, f"{part} of {name} is there already" + (f" since {_at(made)}" if made else "")
            )
        self._set(table, part, by, there=True)

    def _remove(self, table: QualifiedName, part: str, by: Statement, *, lenient: bool) -> Iterator[Clash]:
        name = self._full(table)
        if name is not None and self._there(name, part) is False and not lenient:
            yield Clash(Wrong.MISSING, by, name, f"{part} of {name} {self._since(name, part)}")
        self._set(table, part, by, there=False)

    def _set(self, written: QualifiedName, part: str, statement: Statement, *, there: bool) -> None:
        if (name := self._full(written)) is not None:
            self.known.setdefault(name, {})[part] = there
            self.told[name, part] = statement
            if not part:
                self.used.pop(name, None)

    def _unsure_of(self, table: QualifiedName) -> None:
        name = table.within(self.schema or "public")
        self.used.pop(name, None)
        self.known[name] = dict.fromkeys(self.known.get(name, {}), None)

    def _unsure(self) -> None:
        self.known = {name: dict.fromkeys(parts, None) for name, parts in self.known.items()}
        self.used.clear()
        self.blind = True


def _only_schema(value: str | None) -> str | None:
    parts = [part.strip().strip('"') for part in (value or "public").split(",")]
    named = [part for part in parts if part not in {"", "$user"}]
    return named[0] if len(named) == 1 else None


def _at(statement: Statement | None) -> str:
    return f"{statement.path}:{statement.line}" if statement is not None else "before"
