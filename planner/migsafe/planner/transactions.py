"""A file's own BEGIN, COMMIT and ROLLBACK understood: which of its statements share a transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from migsafe.planner.actions import (
    Begin,
    Commit,
    Rollback,
    TwoPhase,
)
from migsafe.planner.alone import When
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.parse import Statement


class Wrapping(StrEnum):
    """How the statements of a file are run that stand in no BEGIN ... COMMIT of its own."""

    TRANSACTION = "transaction"
    """Together, in one transaction."""
    NONE = "none"
    """Each on its own, as a file with `run_in_transaction = false` asks for."""


class SegmentKind(StrEnum):
    """How the statements of a segment are run."""

    TRANSACTION = "transaction"
    LONE = "lone"
    """One statement, outside of any transaction block."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Statements that are done or not done together; never empty."""

    kind: SegmentKind
    statements: tuple[Statement, ...]
    modes: tuple[tuple[str, str], ...] = ()
    """What the file's BEGIN asks for, e.g. `("transaction_isolation", "serializable")`."""


class NoteKind(StrEnum):
    """What the reader of the plan should know about a file's use of transactions."""

    COMMIT_WITHOUT_BEGIN = "commit-without-begin"
    BEGIN_INSIDE_BLOCK = "begin-inside-block"
    BEGIN_WITHOUT_COMMIT = "begin-without-commit"
    MAY_COMMIT = "may-commit"


@dataclass(frozen=True, slots=True)
class Note:
    """One such thing, at the statement that shows it."""

    kind: NoteKind
    statement: Statement
    detail: str


@dataclass(frozen=True, slots=True)
class Division:
    """A file's statements as segments, in order."""

    segments: tuple[Segment, ...]
    folded: tuple[Statement, ...]
    """BEGIN and COMMIT statements: the segments stand for them, they are not executed."""
    notes: tuple[Note, ...]


def divide(statements: Iterable[Statement], wrapping: Wrapping = Wrapping.TRANSACTION) -> Division:
    """The segments of one file.

    Raises Refusal for what would undo itself or cannot run: a BEGIN that is never committed, ROLLBACK, PREPARE
    TRANSACTION, and a statement inside BEGIN ... COMMIT that must stand alone.
    """
    division = _Divider(wrapping)
    for statement in statements:
        division.take(statement)
    return division.finished()


@dataclass(slots=True)
class _Divider:
    """The segments so far, and the one that is being filled."""

    wrapping: Wrapping
    segments: list[Segment] = field(default_factory=list)
    folded: list[Statement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    filling: list[Statement] = field(default_factory=list)
    begin: Statement | None = None
    modes: tuple[tuple[str, str], ...] = ()
    bare_commit: bool = False

    def take(self, statement: Statement) -> None:
        match statement.actions:
            case (Begin(modes=modes),):
                self._begin(statement, modes)
            case (Commit(chain=chain),):
                self._commit(statement)
                if chain:
                    self.begin = statement
            case (Rollback(),):
                raise _undone(statement, self.begin)
            case (TwoPhase(command="PREPARE"),):
                raise _prepared(statement)
            case _:
                self._add(statement)

    def finished(self) -> Division:
        if self.begin is not None:
            if not self.bare_commit:
                raise _never_committed(self.begin)
            # The file ends transactions that its runner began, so it counts on the runner to end this one too.
            self._note(NoteKind.BEGIN_WITHOUT_COMMIT, self.begin, "the end of the file commits it")
        self._close()
        return Division(tuple(self.segments), tuple(self.folded), tuple(self.notes))

    def _begin(self, statement: Statement, modes: tuple[tuple[str, str], ...]) -> None:
        self.folded.append(statement)
        if self.begin is not None:
            self._note(NoteKind.BEGIN_INSIDE_BLOCK, statement, f"a transaction is open since line {self.begin.line}")
            return
        self._close()
        self.begin, self.modes = statement, modes

    def _commit(self, statement: Statement) -> None:
        self.folded.append(statement)
        if self.begin is None:
            self.bare_commit = True
            self._note(NoteKind.COMMIT_WITHOUT_BEGIN, statement, "what stands before it is done even if the rest fails")
        self._close()
        self.begin, self.modes = None, ()

    def _add(self, statement: Statement) -> None:
        if not statement.transactional and self.begin is not None:
            raise _must_stand_alone(statement, self.begin)
        if statement.alone is not None and statement.alone.when is When.IF_IT_COMMITS:
            self._note(NoteKind.MAY_COMMIT, statement, f"{statement.alone.command} fails here if its body commits")
        in_block = self.begin is not None or self.wrapping is Wrapping.TRANSACTION
        if statement.transactional and in_block:
            self.filling.append(statement)
        else:
            self._close()
            self.segments.append(Segment(SegmentKind.LONE, (statement,)))

    def _close(self) -> None:
        if self.filling:
            self.segments.append(Segment(SegmentKind.TRANSACTION, tuple(self.filling), self.modes))
            self.filling = []

    def _note(self, kind: NoteKind, statement: Statement, detail: str) -> None:
        self.notes.append(Note(kind, statement, detail))


def _undone(statement: Statement, begin: Statement | None) -> Refusal:
    since = f"the transaction of line {begin.line}" if begin is not None else "everything before it"
    return Refusal(
        "ROLLBACK would undo the migration's own work",
        why=f"{since} would leave nothing behind",
        remedy="delete the ROLLBACK, or the statements that it undoes",
        place=statement.place,
    )


def _prepared(statement: Statement) -> Refusal:
    return Refusal(
        "PREPARE TRANSACTION cannot be part of a migration",
        why="the transaction would stay open on the server, with its locks, after the migration has ended",
        remedy="write COMMIT instead",
        place=statement.place,
    )


def _never_committed(begin: Statement) -> Refusal:
    return Refusal(
        "BEGIN is never committed",
        why="at the end of the file psql would silently roll back all that follows this line",
        remedy="add COMMIT at the end, or delete BEGIN: migsafe runs the file in a transaction anyway",
        place=begin.place,
    )


def _must_stand_alone(statement: Statement, begin: Statement) -> Refusal:
    command = statement.alone.command if statement.alone is not None else statement.kind
    return Refusal(
        f"{command} cannot run inside a transaction block",
        why=f"PostgreSQL refuses it (25001) after the BEGIN of line {begin.line}",
        remedy="move it out of BEGIN ... COMMIT, or into a file of its own",
        place=statement.place,
    )
