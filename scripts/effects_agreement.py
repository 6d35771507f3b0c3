# ruff: noqa: INP001 - a script, not a package
"""Compares what is foretold of each statement of real histories with what the server does.

    python scripts/effects_agreement.py FOLDER... [--platform NAME] [--major N] [--before FOLDER] [--json FILE]

Each history is replayed as `replay.py` does it, on the state that its own files tell of. A statement runs in a
transaction of its own, so that no earlier lock hides what it takes; where it means something only to the rest of its
transaction (SET LOCAL, SAVEPOINT, ON COMMIT), the transaction stays whole and what is new in it counts.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from replay import DATABASE, LAYOUTS, fresh_database, layout_of, platform_server, sent, session, stand_on

from migsafe.executor.rehearse.look import before_the_first, earlier_scans, look, relations_of
from migsafe.executor.rehearse.measure import measured
from migsafe.executor.rehearse.waiting import Obstacle
from migsafe.executor.survey import survey
from migsafe.planner.carry import walk
from migsafe.planner.comparing import compared
from migsafe.planner.effects import effects, summary, unknown_effects
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState, of_facts
from migsafe.planner.transactions import SegmentKind, divide
from migsafe.schemas.evidence import Agreement, MeasuredEffect, StatementEvidence
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import Problem
from migsafe.schemas.step import LoneStep, StatementText, TransactionStep, Unobservable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from replay import File

    from migsafe.executor.rehearse.look import Relation
    from migsafe.executor.server.embedded import Server
    from migsafe.planner.parse import Statement
    from migsafe.planner.transactions import Segment
    from migsafe.schemas.step import Step

_TOGETHER = re.compile(
    r"\bset\s+(local|constraints|transaction)\b|\bsavepoint\b|\bon\s+commit\b|\bdeferred\b"
    r"|\bset_config\([^)]*\btrue\b",
    re.IGNORECASE,
)


_TIME_ZONE = "utc"
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"


class Before(StrEnum):
    """Where the state before a migration comes from."""

    FILES = "files"
    """The files before it, as without a target."""
    CATALOG = "catalog"
    """The server's catalog, as with a target."""


@dataclass(frozen=True)
class Disagreement:
    """A relation of which something else was measured than foretold."""

    file: str
    line: int
    statement: str
    relation: str
    detail: str
    foreseen: bool
    """Whether what the state came from told of the relation at all."""


@dataclass
class Agreed:
    """How far foretold and measured go together in one history."""

    history: str
    server: str
    statements: int = 0
    """All that ran."""
    reaching: int = 0
    """Those of which an effect on a relation that stood before was foretold or measured."""
    disagreeing: int = 0
    not_measurable: int = 0
    """Outside of a transaction, and nobody saw what they asked for."""
    failed: int = 0
    """Those that did not run; they are not among `statements`."""
    incomplete: int = 0
    """Those of which the plan says that it cannot foretell everything."""
    scans_unseen: int = 0
    """Effects with a scan that the server leaves out on an empty table."""
    disagreements: list[Disagreement] = field(default_factory=list)


@dataclass
class Probe:
    """A history under measurement."""

    connection: psycopg.Connection
    watcher_url: str
    agreed: Agreed
    known: dict[int, Relation] = field(default_factory=dict)
    """The relations before the statement."""
    stood: frozenset[str] = frozenset()
    """The relations before the transaction."""
    told: frozenset[str] = frozenset()
    """The relations that the state knows."""
    run: list[tuple[Statement, StatementText, tuple[MeasuredEffect, ...]]] = field(default_factory=list)
    """The statements that shared a transaction so far."""

    def file(self, file: File, state: SchemaState) -> None:
        """Run one file and compare; what fails is left out."""
        try:
            segments = divide(parse(file.text, file.name), file.wrapping).segments
        except Problem:
            return
        self.known = relations_of(self.connection)
        for segment, number in walk(segments, state):
            whole = _whole(segment)
            if whole and number == 0:
                self.connection.execute("BEGIN")
            self._statement(segment.statements[number], state, segment)
            if number == len(segment.statements) - 1:
                self._end(segment)

    def _end(self, segment: Segment) -> None:
        if _whole(segment):
            try:
                self.connection.execute("COMMIT")
            except psycopg.Error:
                self.agreed.failed += 1
            self._judge()
        self.connection.execute("DISCARD ALL")

    def _statement(self, statement: Statement, state: SchemaState, segment: Segment) -> None:
        if not (self.run and _whole(segment)):
            self.stood = frozenset(str(each.name) for each in self.known.values())
        text = _foretold(statement, state, self.stood)
        try:
            if segment.kind is SegmentKind.LONE and statement.alone is not None:
                seen = self._alone(statement, text)
            elif _whole(segment):
                seen = self._among_others(statement, text)
            else:
                seen = self._on_its_own(statement, text)
        except psycopg.Error:
            self.agreed.failed += 1
            return
        self.agreed.statements += 1
        self.agreed.incomplete += bool(unknown_effects(statement, state))
        self.told = frozenset(map(str, (*state.tables, *state.sequences, *state.indexes)))
        self.run.append((statement, text, seen))
        self.known = relations_of(self.connection)
        if not _whole(segment):
            self._judge()

    def _on_its_own(self, statement: Statement, text: StatementText) -> tuple[MeasuredEffect, ...]:
        before = before_the_first(self.connection)
        with self.connection.transaction():
            self.connection.execute(sent(statement))
            return measured(self.known, before, look(self.connection), _named(text))

    def _among_others(self, statement: Statement, text: StatementText) -> tuple[MeasuredEffect, ...]:
        before = look(self.connection)
        before = replace(before, earlier=earlier_scans(self.connection))
        with self.connection.transaction():
            self.connection.execute(sent(statement))
        return measured(self.known, before, look(self.connection), _named(text))

    def _alone(self, statement: Statement, text: StatementText) -> tuple[MeasuredEffect, ...]:
        lockable = {str(each.name): oid for oid, each in self.known.items() if each.kind in "rp"}
        tables = [each for each in _named(text) if each in lockable]
        if not tables:
            self.connection.execute(sent(statement))
            return ()
        with Obstacle(self.watcher_url, self.connection.info.backend_pid, tables) as obstacle:
            self.connection.execute(sent(statement))
        if obstacle.asked is None:
            return ()
        oid, lock = obstacle.asked
        name = str(self.known[oid].name)
        return (MeasuredEffect(relation=name, lock=lock, rewrite=False, scan=False, indexes_rebuilt=()),)

    def _judge(self) -> None:
        """Let the comparison of plans judge what was run, and count."""
        if not self.run:
            return
        verdicts = compared(_steps(self.run), tuple(_evidence(text, seen) for _, text, seen in self.run))
        for number, (statement, text, seen) in enumerate(self.run):
            found = verdicts[number]
            self.agreed.reaching += bool(seen or any(not each.new for each in text.effects))
            self.agreed.disagreeing += bool(found.contradictions)
            unseen = [each for each in found.comparisons if each.agreement is Agreement.NOT_MEASURABLE]
            self.agreed.scans_unseen += sum("no rows" in each.detail for each in unseen)
            self.agreed.not_measurable += any("nobody saw" in each.detail for each in unseen)
            self.agreed.disagreements.extend(
                Disagreement(statement.path, statement.line, text.summary, relation, detail, relation in self.told)
                for relation, detail in found.contradictions
            )
        self.run.clear()


def _whole(segment: Segment) -> bool:
    return len(segment.statements) > 1 and any(_TOGETHER.search(each.sql) for each in segment.statements)


def _named(text: StatementText) -> set[str]:
    return {each.relation for each in text.effects}


def _foretold(statement: Statement, state: SchemaState, stood: frozenset[str]) -> StatementText:
    """The statement as a plan holds it. What stood before it counts as if others used it: its locks are seen too."""
    found = (each.model_copy(update={"new": each.relation not in stood}) for each in effects(statement, state))
    return StatementText(
        sql=statement.text,
        line=statement.line,
        column=statement.column,
        sha256=statement.sha256,
        summary=summary(statement),
        effects=tuple(found),
    )


def _steps(run: Sequence[tuple[Statement, StatementText, object]]) -> tuple[Step, ...]:
    (statement, text, _), *others = run
    if statement.alone is not None and not others:
        return (LoneStep(kind="lone", statement=text, observation=Unobservable(kind="unobservable"), locks=()),)
    return (TransactionStep(kind="transaction", statements=tuple(text for _, text, _ in run), locks=()),)


def _evidence(text: StatementText, seen: tuple[MeasuredEffect, ...]) -> StatementEvidence:
    told = {"line": text.line, "sha256": text.sha256, "notices": (), "comparisons": (), "changes": ()}
    return StatementEvidence(**told, duration_ms=0, wal_bytes=0, measured=seen)


def _of_catalog(connection: psycopg.Connection) -> SchemaState:
    """What a plan knows of its target before a migration."""
    schemas = [name for (name,) in connection.execute(_SCHEMAS)]
    state = of_facts(survey(connection, tuple(schemas)), schemas)
    state.time_zone = state.server_time_zone = _TIME_ZONE
    return state


def agreement(
    server: Server, platform: Platform, folder: Path, before_each: Before, before: Path | None = None
) -> Agreed:
    """Replay the history of `folder` on a fresh database and compare each statement."""
    layout = layout_of(folder)
    major = fresh_database(server, platform)
    state = SchemaState(major=major, time_zone=_TIME_ZONE, server_time_zone=_TIME_ZONE)
    with session(server) as connection:
        if before is not None:
            stand_on(connection, before)
        probe = Probe(connection, server.url(DATABASE), Agreed(folder.name, f"PostgreSQL {major}"))
        for file in LAYOUTS[layout](folder):
            probe.file(file, state if before_each is Before.FILES else _of_catalog(connection))
    return probe.agreed


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the histories of the command line; 1 where foretold and measured disagree."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--platform", default=Platform.SUPABASE, type=Platform, choices=list(Platform))
    parser.add_argument("--major", type=int, help="the major version of PostgreSQL; the usual server when left out")
    parser.add_argument("--before", type=Path, help="a folder of schema files that the history builds on")
    parser.add_argument("--state", default=Before.FILES, type=Before, choices=list(Before), help="where it comes from")
    parser.add_argument("--json", type=Path, help="where the report goes")
    given = parser.parse_args(arguments)
    with platform_server(given.platform, given.major) as server:
        results = [agreement(server, given.platform, folder, given.state, given.before) for folder in given.folders]
    for result in results:
        _tell(result)
    if given.json:
        given.json.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    return 1 if any(result.disagreements for result in results) else 0


def _tell(result: Agreed) -> None:
    counts = f"{result.statements} statements, {result.reaching} reaching relations, {result.disagreeing} disagreeing"
    sys.stdout.write(f"{result.history} ({result.server}): {counts}, {result.failed} failed\n")
    for each in result.disagreements:
        sys.stdout.write(f"  {each.file}:{each.line} {each.statement}: {each.relation}: {each.detail}\n")


if __name__ == "__main__":
    sys.exit(main())
