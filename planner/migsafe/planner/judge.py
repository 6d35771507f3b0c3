"""All rules over all migrations: findings with their place, weighed by the policies of the manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from migsafe.planner.bodies import unfolded
from migsafe.planner.carry import take
from migsafe.planner.closest import closest
from migsafe.planner.exempted import Exemptions
from migsafe.planner.risk import scaled
from migsafe.planner.rules import RULES
from migsafe.planner.rules.context import Context, Judged, Surroundings
from migsafe.planner.rules.rule import Hit, OnActions, OnExemptions, OnNotes, OnSet, OnStatements, Rule
from migsafe.schemas.finding import Finding
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
) -> Judgement:
    """What the rules say of migrations that are done in this order on `state`, which is left as it is.

    Rules that a policy switches off are not asked. A finding that an exemption fits carries its waiver until the day
    it expires. Raises Refusal for a policy or an exemption that names no rule.
    """
    check_rule_names(policies)
    judges = _Judges.of(policies, surroundings.major)
    bench = _Bench(judges, state.copy(), surroundings, Exemptions(policies.exemptions, today))
    found = [bench.hear(migration) for migration in migrations]
    by_path = {migration.path: each for migration, each in zip(migrations, found, strict=True)}
    for statement, finding in bench.hear_all(tuple(migrations)):
        by_path[statement.path].append(finding)
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
    exemptions: list[tuple[Rule, OnExemptions]]

    @classmethod
    def of(cls, policies: Policies, major: int | None) -> _Judges:
        said = {name: policy.severity for name, policy in policies.rules.items()}
        judges = cls({rule.name: said.get(rule.name, rule.severity) for rule in RULES}, {}, {}, [], [], [])
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
            case OnExemptions() as exemptions:
                self.exemptions.append((rule, exemptions))
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

    def hear(self, migration: Judged) -> list[Finding]:
        found = [self._note(migration, note) for note in migration.division.notes]
        findings = [finding for noted in found for finding in noted]
        self.state.start()
        for segment in migration.division.segments:
            for number, statement in enumerate(segment.statements):
                self.exemptions.read(statement)
                context = Context(self.state, self.surroundings, migration, segment, number)
                for each in unfolded(statement, self.state):
                    findings.extend(self._statement(each, context))
                    take(self.state, each)
            self.state.commit()
        if not self.state.complete:
            self.state.settle()
        return findings

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

    def hear_all(self, migrations: tuple[Judged, ...]) -> Iterator[tuple[Statement, Finding]]:
        by_path = {migration.path: migration for migration in migrations}
        context = Context(self.state, self.surroundings)
        for rule, check in self.judges.sets:
            for statement, hit in check.find(migrations, self.state, context):
                yield statement, self._finding(rule, hit, statement, by_path[statement.path])

    def on_exemptions(self, migrations: Sequence[Judged]) -> Iterator[Finding]:
        for exemption, use in self.exemptions.uses(migrations, self.judges.severities):
            for rule, check in self.judges.exemptions:
                for hit in check.find(exemption, use):
                    yield _overall(rule, hit, self.judges.severities[rule.name])

    def _finding(self, rule: Rule, hit: Hit, statement: Statement, migration: Judged) -> Finding:
        size = self._size(hit.object)
        points = scaled(rule.points, size) if rule.scaled else rule.points
        place = statement.place
        return Finding(
            rule=rule.name,
            severity=self.judges.severities[rule.name],
            dimension=rule.dimension,
            points=points,
            object=str(hit.object),
            detail=hit.detail,
            harm=rule.harm,
            remedy=rule.remedy,
            path=place.path,
            line=place.line,
            column=place.column,
            excerpt=place.excerpt,
            statement=statement.sha256,
            waiver=self.exemptions.waiver(rule.name, statement, migration),
            safer=hit.safer.strip(),
        )

    def _size(self, name: QualifiedName | str) -> int | None:
        known = self.state.table(name) if isinstance(name, QualifiedName) else None
        return known.bytes if known is not None else None


def _is_whole(statement: Statement, context: Context) -> bool:
    """Whether the statement stands in the file itself, not in a code block or a called function."""
    return context.segment is not None and statement is context.segment.statements[context.number]


def _overall(rule: Rule, hit: Hit, severity: Severity) -> Finding:
    return Finding(
        rule=rule.name,
        severity=severity,
        dimension=rule.dimension,
        points=rule.points,
        object=str(hit.object),
        detail=hit.detail,
        harm=rule.harm,
        remedy=rule.remedy,
        path="",
        line=0,
        column=0,
        excerpt="",
        statement="",
        waiver=None,
    )
