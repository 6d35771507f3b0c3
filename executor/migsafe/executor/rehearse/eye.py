"""Looks on while the executor's steps run on a shadow, and writes down what each statement does."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from migsafe.executor.rehearse.look import NOTHING_SEEN, Look, before_the_first, look, relations_of
from migsafe.executor.rehearse.measure import measured
from migsafe.executor.rehearse.sections import RELATION_TABLES, Section, sections_of
from migsafe.executor.rehearse.touched import touched
from migsafe.executor.rehearse.waiting import Obstacle
from migsafe.schemas.catalog import Catalog, Change
from migsafe.schemas.events import ServerNotice
from migsafe.schemas.evidence import MeasuredEffect, StatementEvidence
from migsafe.schemas.impact import Cause
from migsafe.schemas.locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.executor.impact import Watch
    from migsafe.executor.rehearse.look import Relation
    from migsafe.executor.rehearse.marks import Marks
    from migsafe.executor.rehearse.tracked import Tracked
    from migsafe.schemas.events import Event
    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.step import StatementText

Describe: TypeAlias = Callable[[Catalog, Catalog], tuple[Change, ...]]
"""Says what differs between two catalogs."""

_MOST_NOTICES = 20


@dataclass(slots=True)
class Eye:
    """The observer of a rehearsal: one query before each step, and one to three after each statement."""

    known: dict[int, Relation]
    """The relations of users as they are, by object id."""
    tracked: Tracked
    describe: Describe
    watcher_url: str
    watch: Watch | None
    marks: Marks | None = None
    """Set where the catalog is read at the end only: who touched what last."""
    file: str = ""
    """The migration, relative to the migrations folder."""
    path: str = ""
    """The file of the migration, relative to the manifest."""
    seen: list[StatementEvidence] = field(default_factory=list)
    """Of the migration that is under way."""
    _before: Look = NOTHING_SEEN
    _since: int = 0
    _notices: list[str] = field(default_factory=list)

    def begins(self, connection: psycopg.Connection) -> None:
        """A step begins; the connection is outside of a transaction."""
        self._before, self._since = before_the_first(connection), 0

    def hear(self, event: Event) -> None:
        """Take note of what the server says meanwhile."""
        if isinstance(event, ServerNotice) and len(self._notices) < _MOST_NOTICES:
            self._notices.append(f"{event.severity}: {event.text}")

    def spared(self, statement: StatementText, why: str) -> None:
        """The statement, whose sending was watched, could not be done for want of rows."""
        nothing = self._before
        self._tell(statement, 0, nothing, (), ())
        self.seen[-1] = self.seen[-1].model_copy(update={"untried": why})

    @contextmanager
    def watching(self, connection: psycopg.Connection, statement: StatementText) -> Iterator[None]:
        """The context in which a statement is sent."""
        import psycopg  # noqa: PLC0415 - slow to import

        alone = connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE
        self._notices.clear()
        with ExitStack() as held:
            tables = self._tables_of(statement) if alone else []
            pid = connection.info.backend_pid
            obstacle = held.enter_context(Obstacle(self.watcher_url, pid, tables)) if tables else None
            began = time.monotonic()
            yield
            spent = round(1000 * (time.monotonic() - began))
        if alone:
            self._after_lone(connection, statement, obstacle, spent)
        else:
            self._after(connection, statement, spent)

    def _after(self, connection: psycopg.Connection, statement: StatementText, spent: int) -> None:
        before = self._before
        now = look(connection, before)
        written = {name for name, (put, _) in now.written.items() if put > before.written.get(name, (0, 0))[0]}
        deleted = {name for name, (_, gone) in now.written.items() if gone > before.written.get(name, (0, 0))[1]}
        effects = measured(self.known, before, now, {each.relation for each in statement.effects})
        names, kinds = self._touched(connection, now, written, deleted)
        changes = self._told(connection, names, sections_of(written, deleted, kinds))
        self._tell(statement, spent, now, effects, changes)
        if self.watch is not None and (written or deleted):
            concerned = frozenset(map(str, names)) if names and not sections_of(written, deleted, kinds) else None
            self.watch.look(connection, self._cause(statement), concerned)
        self._before = replace(now, held={**before.held, **now.held}, earlier=before.earlier)

    def _after_lone(
        self, connection: psycopg.Connection, statement: StatementText, obstacle: Obstacle | None, spent: int
    ) -> None:
        now, before = look(connection), self.known
        self.known = relations_of(connection)
        effects: tuple[MeasuredEffect, ...] = ()
        if obstacle is not None and obstacle.asked is not None and obstacle.asked[0] in before:
            oid, lock = obstacle.asked
            rewrite = oid in self.known and self.known[oid].file != before[oid].file
            name = str(before[oid].name)
            effects = (MeasuredEffect(relation=name, lock=lock, rewrite=rewrite, scan=False, indexes_rebuilt=()),)
        names = frozenset(each.name for each in self.known.values() if str(each.name) in foretold(statement))
        changes = self._told(connection, names, frozenset({Section.EVERYTHING}))
        self._tell(statement, spent, now, effects, changes)
        if self.watch is not None and (changes or self.marks is not None):
            self.watch.look(connection, self._cause(statement))

    def _touched(
        self, connection: psycopg.Connection, now: Look, written: set[str], deleted: set[str]
    ) -> tuple[frozenset[QualifiedName], frozenset[str]]:
        """The relations that the statement changed, as they were and are called; kinds of other touched objects."""
        if not (written | deleted) & RELATION_TABLES:
            return frozenset(), frozenset()
        rows = touched(connection, written, self._since)
        self._since = max((command + 1 for *_, command in rows), default=self._since)
        ids = {oid for kind, oid, _ in rows if kind == "relation"}
        if (
            deleted & RELATION_TABLES
        ):  # what is deleted is no longer to be seen: whatever is locked may have lost a part
            ids |= {_table_of(oid, held.now) for oid, held in now.held.items() if held.now and _strong(held.locks)}
        ids |= {oid for oid, held in now.held.items() if held.now is None and oid in self.known}
        names = {self.known[oid].name for oid in ids if oid in self.known and not self.known[oid].is_index}
        self._learn(connection, now, ids)
        names |= {self.known[oid].name for oid in ids if oid in self.known and not self.known[oid].is_index}
        return frozenset(names), frozenset(kind for kind, *_ in rows)

    def _learn(self, connection: psycopg.Connection, now: Look, ids: set[int]) -> None:
        """Know the relations as they are called and stored after the statement."""
        for oid, held in now.held.items():
            if held.now is None:
                self.known.pop(oid, None)
            elif not held.passing:
                self.known[oid] = held.now
        # No lock is taken for what a grant writes, nor for parts that others lead to.
        if unlocked := ids - now.held.keys():
            self.known |= relations_of(connection, unlocked)

    def _told(
        self, connection: psycopg.Connection, names: frozenset[QualifiedName], sections: frozenset[Section]
    ) -> tuple[str, ...]:
        """The changes in words; none where they are read at the end."""
        if self.marks is None:
            return self._changes(connection, names, sections)
        self.marks.note((self.file, len(self.seen)), names, sections)
        return ()

    def _changes(
        self, connection: psycopg.Connection, names: frozenset[QualifiedName], sections: frozenset[Section]
    ) -> tuple[str, ...]:
        found: list[Change] = []
        if Section.EVERYTHING not in sections and names:
            found += self.describe(*self.tracked.relations(connection, names))
        if sections:
            found += self.describe(*self.tracked.sections(connection, sections))
        return tuple(dict.fromkeys(change.sentence for change in found))

    def _tell(
        self,
        statement: StatementText,
        spent: int,
        now: Look,
        effects: tuple[MeasuredEffect, ...],
        changes: tuple[str, ...],
    ) -> None:
        self.seen.append(
            StatementEvidence(
                line=statement.line,
                sha256=statement.sha256,
                duration_ms=spent,
                wal_bytes=max(0, now.wal - self._before.wal),
                notices=tuple(self._notices),
                measured=effects,
                comparisons=(),
                changes=changes,
            )
        )

    def _cause(self, statement: StatementText) -> Cause:
        first = (statement.instead_of or statement.sql).strip().partition("\n")[0]
        return Cause(path=self.path, line=statement.line, statement=first, sha256=statement.sha256)

    def _tables_of(self, statement: StatementText) -> list[str]:
        """The tables that a lone statement is expected to lock, as far as LOCK TABLE takes them."""
        lockable = {str(each.name) for each in self.known.values() if each.kind in "rp"}
        return [effect.relation for effect in statement.effects if effect.relation in lockable]


def foretold(statement: StatementText) -> frozenset[str]:
    """The relations that a statement is expected to do something to."""
    return frozenset(effect.relation for effect in statement.effects)


def _table_of(oid: int, relation: Relation) -> int:
    return relation.table if relation.table is not None else oid


def _strong(locks: frozenset[Lock]) -> bool:
    return any(lock.strength >= Lock.SHARE_UPDATE_EXCLUSIVE.strength for lock in locks)
