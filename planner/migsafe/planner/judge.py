"""All rules over all migrations: findings with their place, weighed by the policies of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from migsafe.planner.bodies import unfolded
from migsafe.planner.carry import take
from migsafe.planner.closest import closest
from migsafe.planner.effects.predict import effects_by_name
from migsafe.planner.evidence import Spot, finding_of, weighed
from migsafe.planner.exempted import Exemptions
from migsafe.planner.risk import scaled
from migsafe.planner.rules import RULES
from migsafe.planner.rules.clues.performed import Done, Transaction
from migsafe.planner.rules.context import Context, Judged, Surroundings
from migsafe.planner.rules.rule import (
    Hit,
    OnActions,
    OnEvidence,
    OnExemptions,
    OnNotes,
    OnSet,
    OnStatements,
    OnTransactions,
    Rule,
)
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.problem import Refusal
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Note, NoteKind
    from migsafe.schemas.effect import Effect
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.policies import Policies

__all__ = ["Judged", "Judgement", "Surroundings", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say."""

    findings: tuple[tuple[Finding, ...], ...]
    """For each migration, in the order given; by line, then in the order of the rules."""
    overall: tuple[Finding, ...]
    """On the set as a whole: exemptions that are unused or have expired."""


def judge(
    migrations: Sequence[Judged],
    state: SchemaState,
    policies: Policies,
    surroundings: Surroundings,
    today: dt.date,
    evidence: Iterable[Finding] = (),
) -> Judgement:
    """What the rules say of migrations that are done in this order on `state`, which is left as it is.

    `evidence` are findings of rules that look at no SQL, each on a file of these migrations. Rules that a policy
    switches off are not asked. A finding that an exemption fits carries its waiver until the day it expires. Raises
    Refusal for a policy or an exemption that names no rule.
    """
    check_rule_names(policies)
    judges = _Judges.of(policies, surroundings.major)
    bench = _Bench(judges, state.copy(), surroundings, Exemptions(policies.exemptions, today))
    found = [bench.hear(number, migration) for number, migration in enumerate(migrations)]
    by_path = {migration.path: each for migration, each in zip(migrations, found, strict=True)}
    for finding in (*bench.hear_all(tuple(migrations)), *bench.hear_transactions(state.copy())):
        by_path[finding.path].append(finding)
    files = {migration.path: migration for migration in migrations}
    for told in evidence:
        if (counted := weighed(told, policies, bench.exemptions, files[told.path])) is not None:
            by_path[told.path].append(counted)
    order = {rule.name: number for number, rule in enumerate(RULES)}
    ordered = tuple(tuple(sorted(each, key=lambda one: (one.line, one.column, order[one.rule]))) for each in found)
    return Judgement(ordered, tuple(bench.on_exemptions(migrations)))


def check_rule_names(policies: Policies) -> None:
    """Raise Refusal for a rule that does not exist, naming the nearest."""
    names = {rule.name for rule in RULES}
    named = [("policies.rules", name) for name in policies.rules]
    named += [("policies.exemptions", exemption.rule) for exemption in policies.exemptions]
    for where, name in named:
        if name not in names:
            near = closest(name, names)
            raise Refusal(
                f"{where} names the rule {name}",
                why="there is no such rule",
                remedy=f"did you mean {near}?" if near else "`migsafe explain` lists them",
            )


@dataclass(frozen=True, slots=True)
class _Judges:
    """The rules that are switched on, by what they want to be asked about."""

    severities: dict[str, Severity]
    by_action: dict[type[Action], list[tuple[Rule, Callable[[Action, Context], Iterable[Hit]]]]]
    by_note: dict[NoteKind, list[tuple[Rule, Callable[[Note], Iterable[Hit]]]]]
    statements: list[tuple[Rule, OnStatements]]
    sets: list[tuple[Rule, OnSet]]
    transactions: list[tuple[Rule, OnTransactions]]
    exemptions: list[tuple[Rule, OnExemptions]]

    @classmethod
    def of(cls, policies: Policies, major: int | None) -> _Judges:
        said = {name: policy.severity for name, policy in policies.rules.items() if policy.severity is not None}
        judges = cls({rule.name: said.get(rule.name, rule.severity) for rule in RULES}, {}, {}, [], [], [], [])
        for rule in RULES:
            if judges.severities[rule.name] is not Severity.OFF and _holds(rule, major):
                judges._add(rule)
        return judges

    def _add(self, rule: Rule) -> None:
        match rule.check:
            case OnActions(kinds=kinds, find=find):
                for kind in kinds:
                    self.by_action.setdefault(kind, []).append((rule, find))
            case OnNotes(kinds=noted, find=find_note):
                for note in noted:
                    self.by_note.setdefault(note, []).append((rule, find_note))
            case OnStatements() as check:
                self.statements.append((rule, check))
            case OnSet() as whole:
                self.sets.append((rule, whole))
            case OnTransactions() as together:
                self.transactions.append((rule, together))
            case OnExemptions() as exemptions:
                self.exemptions.append((rule, exemptions))
            case OnEvidence():
                pass
            case _:
                assert_never(rule.check)


def _holds(rule: Rule, major: int | None) -> bool:
    """Whether the rule speaks of this server; of one that nobody names, every rule does."""
    return major is None or rule.since <= major <= rule.until


@dataclass(slots=True)
class _Bench:
    """The judges at work, with the state as it is before the statement that they look at."""

    judges: _Judges
    state: SchemaState
    surroundings: Surroundings
    exemptions: Exemptions
    transactions: list[Transaction] = field(default_factory=list)

    def hear(self, number: int, migration: Judged) -> list[Finding]:
        found = [self._note(migration, note) for note in migration.division.notes]
        findings = [finding for noted in found for finding in noted]
        previous = self.transactions[-1].migration if self.transactions else None
        self.state.start()
        for segment in migration.division.segments:
            done = []
            for place, statement in enumerate(segment.statements):
                self.exemptions.read(statement)
                effects, inner = effects_by_name(statement, self.state), []
                context = Context(self.state, self.surroundings, migration, segment, place, previous, effects)
                on_tables = self._on_tables(effects)
                for each in unfolded(statement, self.state):
                    findings.extend(self._statement(each, context))
                    take(self.state, each)
                    inner.append(each)
                done.append(Done(statement, on_tables, tuple(inner)))
            self.transactions.append(Transaction(migration, number, segment.kind, tuple(done)))
            self.state.commit()
        if not self.state.complete:
            self.state.settle()
        return findings

    def _on_tables(self, effects: dict[QualifiedName, Effect]) -> dict[QualifiedName, Effect]:
        """Those of a statement's effects that are not on sequences: nobody waits long for one."""
        return {name: effect for name, effect in effects.items() if name not in self.state.sequences}

    def _note(self, migration: Judged, note: Note) -> list[Finding]:
        asked = self.judges.by_note.get(note.kind, ())
        return [self._finding(rule, hit, note.statement, migration) for rule, find in asked for hit in find(note)]

    def _statement(self, statement: Statement, context: Context) -> Iterator[Finding]:
        assert context.migration is not None  # noqa: S101 - made so by `hear`; the field is optional for OnSet
        for rule, hit in self._hits(statement, context):
            # Inside a code block nothing else can stand in a statement's place: not two migrations, not CONCURRENTLY.
            offered = hit if _is_whole(statement, context) else replace(hit, safer="")
            yield self._finding(rule, offered, statement, context.migration)

    def _hits(self, statement: Statement, context: Context) -> Iterator[tuple[Rule, Hit]]:
        for action in statement.actions:
            for rule, find in self.judges.by_action.get(type(action), ()):
                yield from ((rule, hit) for hit in find(action, context))
        for rule, check in self.judges.statements:
            yield from ((rule, hit) for hit in check.find(statement, context))

    def hear_all(self, migrations: tuple[Judged, ...]) -> Iterator[Finding]:
        by_path = {migration.path: migration for migration in migrations}
        context = Context(self.state, self.surroundings)
        for rule, check in self.judges.sets:
            for at, hit in check.find(migrations, self.state, context):
                yield self._finding(rule, hit, at, by_path[at.path])

    def hear_transactions(self, before: SchemaState) -> Iterator[Finding]:
        by_path = {each.migration.path: each.migration for each in self.transactions}
        context = Context(before, self.surroundings)
        for rule, check in self.judges.transactions:
            for statement, hit in check.find(tuple(self.transactions), context):
                yield self._finding(rule, hit, statement, by_path[statement.path])

    def on_exemptions(self, migrations: Sequence[Judged]) -> Iterator[Finding]:
        for exemption, use in self.exemptions.uses(migrations, self.judges.severities):
            for rule, check in self.judges.exemptions:
                for hit in check.find(exemption, use):
                    yield finding_of(rule, Spot(), hit, severity=self.judges.severities[rule.name])

    def _finding(self, rule: Rule, hit: Hit, at: Statement | Judged, migration: Judged) -> Finding:
        size = self._size(hit.object)
        points = scaled(rule.points, size) if rule.scaled else rule.points
        spot = Spot(at.path) if isinstance(at, Judged) else Spot.of(at)
        found = finding_of(rule, spot, hit, severity=self.judges.severities[rule.name], points=points)
        waiver = self.exemptions.waiver(rule.name, spot.statement, spot.line, migration)
        return found if waiver is None else found.model_copy(update={"waiver": waiver})

    def _size(self, name: QualifiedName | str) -> int | None:
        known = self.state.table(name) if isinstance(name, QualifiedName) else None
        return known.bytes if known is not None else None


def _is_whole(statement: Statement, context: Context) -> bool:
    """Whether the statement stands in the file itself, not in a code block or a called function."""
    return context.segment is not None and statement is context.segment.statements[context.number]
