"""A rollback that brings back what is in quarantine, instead of making it anew."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner.carry import walk
from migsafe.planner.effects import effects, in_one_order, locks_needed, summary
from migsafe.planner.parse import parse
from migsafe.planner.quarantine.commands import commands
from migsafe.planner.quarantine.instead import Instead, Spot, spot
from migsafe.planner.quarantine.locks import felt
from migsafe.planner.quarantine.replaced import comes_back, made_anew
from migsafe.schemas.names import parsed
from migsafe.schemas.problem import Refusal
from migsafe.schemas.step import IndexBuilt, LoneStep, StatementText, Step, TransactionStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment
    from migsafe.schemas.quarantine import Quarantined


@dataclass(frozen=True, slots=True)
class Return:
    """How the objects of one migration come back with its rollback."""

    instead: dict[Spot, Instead] = field(default_factory=dict)
    """What is done instead of which statement of the script."""
    first: tuple[Step, ...] = ()
    """Brings back, before the script, what no statement of it would make."""
    afterwards: tuple[Step, ...] = ()
    """Indexes, constraints and their proof, after the script."""
    places: frozenset[tuple[str, int, int]] = frozenset()
    """Path, line and column of the statements of `instead`."""


def returned(segments: tuple[Segment, ...], objects: tuple[Quarantined, ...], state: SchemaState) -> Return:
    """How `objects` come back with the script of these segments; `state` is what stands before it, and stays so.

    Where the script makes one of them anew, the object itself comes back in that place, and what the script makes of
    its parts or fills into it is left out. Raises Refusal where something else has its name by then.
    """
    if not objects:
        return Return()
    back = _Return(objects, state.copy())
    for segment, number in walk(segments, back.state):
        back.take(segment.statements[number])
    missing = tuple(each for each in objects if each.place not in back.found)
    for each in missing:
        _require_free(each, state, "its rollback")
    again = tuple(missing[::-1])
    first = (_at_once(again, state),) if again else ()
    return Return(back.instead, first, tuple(_afterwards(objects, back.state)), frozenset(back.places))


@dataclass(slots=True)
class _Return:
    objects: tuple[Quarantined, ...]
    state: SchemaState
    instead: dict[Spot, Instead] = field(default_factory=dict)
    found: dict[str, Quarantined] = field(default_factory=dict)
    places: list[tuple[str, int, int]] = field(default_factory=list)

    def take(self, statement: Statement) -> None:
        anew = [each for each in self.objects if each.place not in self.found and self._makes(statement, each)]
        if anew:
            for each in anew:
                _require_free(each, self.state, f"line {statement.line} of {statement.path}")
                self.found[each.place] = each
            self.instead[spot(statement)] = self._brought(statement, anew)
        elif comes_back(statement, tuple(self.objects), self.state):
            self.instead[spot(statement)] = Instead(sql="")
        if spot(statement) in self.instead:
            self.places.append((statement.path, statement.line, statement.column))

    def _makes(self, statement: Statement, kept: Quarantined) -> bool:
        return any(made_anew(action, kept, self.state) for action in statement.actions)

    def _brought(self, statement: Statement, anew: list[Quarantined]) -> Instead:
        rest = _rest(statement, anew, self.state)
        reached = tuple(each.table for each in anew if each.column is not None)
        beside = tuple(parse(rest.encode(), "")) if rest else ()
        told, locks = felt(reached, beside, self.state)
        return Instead(
            sql="\n".join([*(sql for each in anew for sql in each.back), *([rest] if rest else [])]),
            instead_of=statement.text.strip(),
            summary=f"bring back {', '.join(each.name for each in anew)} from quarantine",
            effects=told,
            locks=locks,
            restores=tuple(each.place for each in anew),
        )


def _require_free(kept: Quarantined, state: SchemaState, where: str) -> None:
    table = parsed(kept.table)
    if kept.column is None and state.exists(table):
        taken = f"{kept.table} is the name of something else by now"
    elif kept.column is not None and state.column(table, kept.column) is not None:
        taken = f"{kept.table} has another column {kept.column} by now"
    else:
        return
    raise Refusal(
        f"{kept.name} cannot come back from quarantine",
        why=f"{taken}, so that {where} has no place for it; nothing was changed",
        remedy="rename what stands there, or undo the migration that made it, then try again",
    )


def _rest(statement: Statement, anew: list[Quarantined], state: SchemaState) -> str:
    """What an ALTER TABLE does besides adding columns that come back."""
    columns = {each.column for each in anew if each.column is not None}
    if not columns:
        return ""
    cut = commands(statement.sql)
    if cut is None:
        raise Refusal(
            f"the rollback in {statement.path} cannot bring back column {', '.join(sorted(map(str, columns)))}",
            why="its ALTER TABLE does more than that, in a way that migsafe cannot take apart; nothing was changed",
            remedy="write ADD COLUMN as an ALTER TABLE of its own, then: migsafe down --from-file",
            place=statement.place,
        )
    parts = {name for each in anew for name in each.parts}
    left = [
        each.text
        for each in cut
        if not (each.kind == "AT_AddColumn" and each.name in columns)
        and not (each.name in columns and each.kind in {"AT_SetNotNull", "AT_ColumnDefault"})
        and not (each.kind == "AT_AddConstraint" and any(name in each.text for name in parts))
    ]
    table = state.qualified(parsed(anew[0].table))
    return f"ALTER TABLE {table} " + "\n    , ".join(left) + "\n;" if left else ""


def _at_once(objects: tuple[Quarantined, ...], state: SchemaState) -> TransactionStep:
    columns = tuple(each.table for each in objects if each.column is not None)
    _, locks = felt(columns, (), state)
    return TransactionStep(kind="transaction", statements=tuple(_back(each, state) for each in objects), locks=locks)


def _back(kept: Quarantined, state: SchemaState) -> StatementText:
    told, _ = felt((kept.table,) if kept.column is not None else (), (), state)
    update = {"effects": told, "restores": (kept.place,)}
    return _text("\n".join(kept.back), f"bring back {kept.name} from quarantine").model_copy(update=update)


def _afterwards(objects: tuple[Quarantined, ...], state: SchemaState) -> Iterator[Step]:
    """Indexes outside of transactions, then constraints without a look at old rows, then the looks, one by one."""
    for index in (each for kept in objects for each in kept.indexes):
        built = IndexBuilt(kind="index_built", index=index.index, table=index.table)
        text = _felt(index.sql, "build again what went with it", state)
        yield LoneStep(kind="lone", statement=text, observation=built, locks=())
    if added := [sql for kept in objects for sql in kept.constraints]:
        yield _step([_felt(sql, "add again what went with it", state) for sql in added], added, state)
    for sql in (each for kept in objects for each in kept.proofs):
        yield _step([_felt(sql, "look whether the rows fit", state)], [sql], state)


def _step(texts: list[StatementText], sqls: list[str], state: SchemaState) -> TransactionStep:
    needs = (need for sql in sqls for one in parse(sql.encode(), "") for need in locks_needed(one, state))
    return TransactionStep(kind="transaction", statements=tuple(texts), locks=in_one_order(needs))


def _felt(sql: str, words: str, state: SchemaState) -> StatementText:
    """The text with its predicted effects; in its summary the words, or what the grammar says where that says more."""
    (statement,) = parse(sql.encode(), "")
    told = words if statement.kind == "DoStmt" else f"{words}: {summary(statement)}"
    return _text(sql, told).model_copy(update={"effects": effects(statement, state)})


def _text(sql: str, words: str) -> StatementText:
    digest = hashlib.sha256(sql.encode()).hexdigest()
    return StatementText(sql=sql, line=1, column=1, sha256=digest, summary=words, effects=())
