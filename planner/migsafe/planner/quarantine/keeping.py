"""Which statements of a plan drop what was there before it, and what is done instead of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carry import walk
from migsafe.planner.parse import parse
from migsafe.planner.quarantine.column import renamed_away
from migsafe.planner.quarantine.commands import commands
from migsafe.planner.quarantine.instead import NOTHING, Instead, Spot, spot
from migsafe.planner.quarantine.keepable import Drops, column_drops, require_unneeded, table_drops
from migsafe.planner.quarantine.known import Known
from migsafe.planner.quarantine.locks import felt
from migsafe.planner.quarantine.naming import Made, Namer
from migsafe.planner.quarantine.refusing import CannotKeep, finding_of
from migsafe.planner.quarantine.table import foreign_keys, moved_away
from migsafe.planner.quarantine.text import schema, trial
from migsafe.schemas.names import quoted
from migsafe.schemas.policies import Destructive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migsafe.planner.parse import Statement
    from migsafe.planner.prepared import Prepared
    from migsafe.planner.schema_state import SchemaState
    from migsafe.schemas.catalog import Sequence
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration
    from migsafe.schemas.quarantine import Quarantined
    from migsafe.schemas.target import TargetFacts


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a plan keeps in quarantine."""

    instead: Mapping[Spot, Instead] = field(default_factory=lambda: NOTHING)
    """What is done instead of which statement."""
    findings: tuple[Finding, ...] = ()
    """What cannot be kept, and why; each stands against the plan."""
    places: Mapping[tuple[str, int, int], Instead] = field(default_factory=dict)
    """The same as `instead`, by path, line and column of the statement."""

    def of(self, migration: Migration) -> tuple[Quarantined, ...]:
        """What one migration leaves in quarantine, in order."""
        mine = (each for (path, _), each in self.instead.items() if path == migration.up.path)
        return tuple(kept for each in mine for kept in each.quarantines)


NOTHING_KEPT = Keeping()
"""What is dropped is gone."""


def keep(manifest: Manifest, prepared: Iterable[Prepared], state: SchemaState, facts: TargetFacts) -> Keeping:
    """What is kept of all that these migrations drop; nothing unless the policy is `quarantine`.

    `state` is what stands before them, and stays as it is. Only what was in the target before the plan is kept.
    """
    if manifest.policies.destructive is not Destructive.QUARANTINE:
        return NOTHING_KEPT
    keeper = _Keeper(Known(facts.catalog), state.copy(), facts.ledger.head)
    for each in prepared:
        keeper.migration(each)
    return Keeping(keeper.instead, tuple(keeper.findings), keeper.places)


@dataclass(slots=True)
class _Keeper:
    known: Known
    state: SchemaState
    head: str
    instead: dict[Spot, Instead] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    places: dict[tuple[str, int, int], Instead] = field(default_factory=dict)
    kept: list[Quarantined] = field(default_factory=list)

    def migration(self, prepared: Prepared) -> None:
        file = prepared.migration.file
        namer = Namer(prepared.migration.label or PurePosixPath(file).stem, self.head)
        for segment, number in walk(prepared.up.division.segments, self.state):
            statement = segment.statements[number]
            try:
                found = self._instead(statement, namer, Made(file, statement.line, statement.column))
            except CannotKeep as problem:
                self.findings.append(finding_of(problem, statement))
                found = None
            if found is None:
                for action in statement.actions:
                    self.known.follow(action, self.state)
            else:
                self.instead[spot(statement)] = found
                self.places[(statement.path, statement.line, statement.column)] = found
                self._follow(statement, found)

    def _instead(self, statement: Statement, namer: Namer, made: Made) -> Instead | None:
        require_unneeded(statement, tuple(self.kept), self.known, self.state)
        if any(isinstance(each, act.Drop) and each.kind is ObjectKind.TABLE for each in statement.actions):
            return self._tables(statement, table_drops(statement, self.known, self.state), namer, made)
        if any(isinstance(each, act.DropColumn) for each in statement.actions):
            return self._columns(statement, column_drops(statement, self.known, self.state), namer, made)
        return None

    def _tables(self, statement: Statement, drops: Drops, namer: Namer, made: Made) -> Instead | None:
        if not drops.kept:
            return None
        tables = [self.known.tables[name] for name in drops.kept]
        moves = [moved_away(table, self.known.catalog, namer, made) for table in tables]
        names = ", ".join((*drops.kept, *drops.plain))
        parts = (
            schema(),
            trial(f"DROP TABLE {names};"),
            *((f"DROP TABLE {', '.join(drops.plain)};",) if drops.plain else ()),
            *(sql for away, _ in moves for sql in away),
        )
        keys = (key.referenced or "" for table in tables for key in foreign_keys(table))
        owned = (each.name for each in self.known.catalog.sequences if _owner(each) in drops.kept)
        reached = (*drops.kept, *keys, *owned)
        return self._done(statement, parts, tuple(record for _, record in moves), reached)

    def _columns(self, statement: Statement, drops: Drops, namer: Namer, made: Made) -> Instead | None:
        if not drops.kept:
            return None
        name = drops.table
        cut = commands(statement.sql)
        if cut is None:
            why = "its ALTER TABLE does more than that, in a way that migsafe cannot take apart"
            raise CannotKeep(f"a column of {name}", why, "Write DROP COLUMN as an ALTER TABLE of its own.")
        moves = []
        referenced = [key for key in foreign_keys(self.known.tables[name]) if set(key.columns) & set(drops.kept)]
        for column in drops.kept:
            table = self.known.tables[name]
            moves.append(renamed_away(table, next(each for each in table.columns if each.name == column), namer, made))
            self.known.without_column(name, column)
        rest = [each.text for each in cut if each.kind != "AT_DropColumn" or each.name not in drops.kept]
        both = ", ".join(f"DROP COLUMN {quoted(column)}" for column in drops.kept)
        parts = (
            trial(f"ALTER TABLE {name} {both};"),
            *(sql for away, _ in moves for sql in away),
            *((_altered(name, rest),) if rest else ()),
        )
        reached = (name, *(key.referenced or "" for key in referenced))
        return self._done(statement, parts, tuple(record for _, record in moves), reached, _altered(name, rest))

    def _done(
        self,
        statement: Statement,
        parts: tuple[str, ...],
        records: tuple[Quarantined, ...],
        reached: tuple[str, ...],
        rest: str = "",
    ) -> Instead:
        sql = "\n".join(parts)
        whole = tuple(each.model_copy(update={"away": sql}) for each in records)
        self.kept += whole
        effects, locks = felt(reached, _statements(rest), self.state)
        return Instead(
            sql=sql,
            instead_of=statement.text.strip(),
            summary=f"keep {', '.join(each.name for each in whole)} in quarantine",
            effects=effects,
            locks=locks,
            quarantines=whole,
        )

    def _follow(self, statement: Statement, found: Instead) -> None:
        for each in found.quarantines:
            if each.column is None:
                self.known.without_table(each.table)
        for action in statement.actions:
            if not isinstance(action, act.Drop | act.DropColumn):
                self.known.follow(action, self.state)


def _owner(sequence: Sequence) -> str:
    return sequence.owned_by.relation if sequence.owned_by is not None else ""


def _altered(table: str, rest: list[str]) -> str:
    # A command may end with a comment that runs to the end of its line.
    return f"ALTER TABLE {table} " + "\n    , ".join(rest) + "\n;" if rest else ""


def _statements(sql: str) -> Iterator[Statement]:
    return (replace(each, path="") for each in parse(sql.encode(), "")) if sql else iter(())
