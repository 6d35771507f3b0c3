"""What undoing a migration costs, judged from what it does and what its rollback does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carry import advance
from migsafe.planner.effects.columns import is_free
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.tree import inner, items, texts, word
from migsafe.schemas.plan import Undo, UndoClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.schemas.migration import SqlFile
    from migsafe.schemas.step import Step

_STRUCTURES = {ObjectKind.TABLE, ObjectKind.FOREIGN_TABLE, ObjectKind.SCHEMA, ObjectKind.DATABASE}


def undo_by(file: SqlFile, text: str, steps: tuple[Step, ...], grade: UndoClass, reason: str) -> Undo:
    """The undo by a declared rollback, whose text is taken in these steps."""
    return Undo(
        undo_class=grade,
        reason=reason,
        file=file.path,
        sql=text,
        sha256=file.sha256,
        steps=steps,
        first_line=file.first_line,
    )


def undo_class(up: Iterable[Statement], down: Iterable[Statement] | None) -> tuple[UndoClass, str]:
    """The undo class of a migration, and why, as a clause.

    `irreversible`: there is no rollback, or the migration takes rows, columns or values that no SQL text brings back.
    `loses-new-data`: the rollback drops what may have been filled since. `lossless`: neither. Code blocks and called
    functions are not looked into; the rehearsal's round trip compares the catalog, never rows.
    """
    back = tuple(statement for statement in down or () if statement.actions)
    if not back:
        return UndoClass.IRREVERSIBLE, "there is no rollback" if down is None else "the rollback is empty"
    undoing = tuple(action for statement in back for action in statement.actions)
    if (loss := next(_lost_for_good(up, undoing), None)) is not None:
        return UndoClass.IRREVERSIBLE, loss
    if (loss := next(_lost_by_undoing(back), None)) is not None:
        return UndoClass.LOSES_NEW_DATA, loss
    return UndoClass.LOSSLESS, "the rollback drops nothing that could hold new data"


def _lost_for_good(up: Iterable[Statement], undoing: tuple[Action, ...]) -> Iterator[str]:
    """What the migration takes from tables that were there before it."""
    state = SchemaState()
    added: set[tuple[str, str]] = set()
    for statement in up:
        for action in statement.actions:
            if isinstance(action, act.AddColumn):
                added.add((str(action.table), action.column.name))
            elif not _only_new(action, state, added):
                yield from _taken(action)
                yield from _overwritten(action, undoing)
        advance(state, statement)


def _only_new(action: Action, state: SchemaState, added: set[tuple[str, str]]) -> bool:
    """Whether the action touches nothing but what the same migration made."""
    match action:
        case act.Drop(name=name):
            return name.name in state.created_schemas or state.is_new(name)
        case act.Truncate(tables=tables):
            return all(state.is_new(name) for name in tables)
        case act.Update(table=table, columns=columns):
            return state.is_new(table) or all((str(table), column) in added for column in columns)
        case act.DropColumn(table=table, column=column):
            return state.is_new(table) or (str(table), column) in added
        case act.Delete(table=table) | act.Merge(table=table):
            return state.is_new(table)
        case _:
            return False


def _taken(action: Action) -> Iterator[str]:
    match action:
        case act.Drop(kind=kind, name=name) if kind in _STRUCTURES:
            yield f"the rows of the {kind} {name} are gone"
        case act.DropOwned(roles=roles):
            yield f"everything that {', '.join(roles)} owned is gone"
        case act.DropColumn(table=table, column=column):
            yield f"the values of {table}.{column} are gone"
        case act.Truncate(tables=tables):
            yield f"the rows of {', '.join(map(str, tables))} are gone"
        case act.Delete(table=table):
            yield f"rows deleted from {table} are gone"
        case _:
            pass


def _overwritten(action: Action, undoing: tuple[Action, ...]) -> Iterator[str]:
    """What only a rollback that deals with it can undo."""
    match action:
        case act.AddEnumValue(type=name, value=value):
            remade = {each.name for each in undoing if isinstance(each, act.Drop | act.CreateEnum | act.Rename)}
            if name not in remade:
                yield f"PostgreSQL cannot take the value '{value}' from {name} again"
        case act.Update() if _fills_nulls(action):
            pass
        case act.Update(table=table) | act.Merge(table=table):
            rewritten = {each.table for each in undoing if isinstance(each, act.Update | act.Merge | act.Insert)}
            if table not in rewritten:
                yield f"the former values of {table} are overwritten"
        case _:
            pass


def _fills_nulls(update: act.Update) -> bool:
    """Whether only NULLs are overwritten: `SET c = ... WHERE c IS NULL`."""
    test = inner(update.where.node, "NullTest") if update.where is not None else {}
    tested = texts(items(inner(inner(test, "arg"), "ColumnRef"), "fields"))[-1:]
    return word(test, "nulltesttype") == "IS_NULL" and tested == update.columns


def _lost_by_undoing(down: Iterable[Statement]) -> Iterator[str]:
    """What the rollback drops although it may have been filled since."""
    state = SchemaState()
    for statement in down:
        for action in statement.actions:
            if not _only_new(action, state, set()):
                yield from (f"undoing loses data: {loss}" for loss in _taken(action))
                yield from _squeezed(action, state)
        advance(state, statement)


def _squeezed(action: Action, state: SchemaState) -> Iterator[str]:
    match action:
        case act.AlterColumnType(table=table, column=column, type=new):
            known = state.column(table, column)
            if known is None or known.type is None or not is_free(known.type, new):
                yield f"undoing may lose data: new values of {table}.{column} have to fit {new}"
        case act.Update(table=table) | act.Merge(table=table):
            yield f"undoing loses data: values of {table} are overwritten"
        case _:
            pass
