"""What holds for every rule, tried on its own examples."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from busy import BUSY
from migsafe.planner import rules
from migsafe.planner.judge import Judged, Judgement, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import FAMILIES, RULES
from migsafe.planner.rules.rule import NEWEST, OLDEST, OnEvidence, OnExemptions, Rule
from migsafe.planner.schema_state import SchemaState, TableState
from migsafe.planner.transactions import divide
from migsafe.schemas.names import QualifiedName
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Policies, RulePolicy
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from migsafe.schemas.live import LiveFacts

TODAY = dt.date(2026, 1, 15)
NEXT = "-- next migration\n"
OF_SUPABASE = {"fkey-to-auth-unique", "managed-schema-touched", "superuser-required"}
"""Rules that speak of Supabase only: of its own tables and schemas, and of what its roles may do."""
WITH_EXAMPLES = [rule for rule in RULES if rule.unsafe]


def judged(sql: str, number: int = 0) -> Judged:
    path = f"migrations/{number}.sql"
    return Judged(f"{number}.sql", path, divide(parse(sql.encode(), path)))


def judgement(
    sql: str,
    before: str = "",
    policies: Policies | None = None,
    major: int | None = None,
    platform: Platform = Platform.POSTGRES,
    live: LiveFacts | None = None,
) -> Judgement:
    """What is said of migrations (divided by NEXT) after others that are in use already."""
    all_of_them = [judged(text, number) for number, text in enumerate([before, *sql.split(NEXT)])]
    surroundings = Surroundings(platform, frozenset({"api", "pgmq_public"}), major, live)
    said = judge(all_of_them, SchemaState(), policies or Policies(), surroundings, TODAY)
    return Judgement(said.findings[1:], said.overall)


def switched_on(rule: Rule) -> Policies:
    """A rule of taste is off unless the manifest asks for it."""
    return Policies(rules={rule.name: RulePolicy(severity=Severity.NOTICE)} if rule.severity is Severity.OFF else {})


def major(rule: Rule) -> int | None:
    """The server of a rule that does not speak of all of them: the one nearest to the others."""
    if rule.since > OLDEST:
        return rule.since
    return rule.until if rule.until < NEWEST else None


def platform(rule: Rule) -> Platform:
    """Where the example is judged."""
    return Platform.SUPABASE if rule.name in OF_SUPABASE else Platform.POSTGRES


def found(rule: Rule, sql: str) -> list[str]:
    live = BUSY if rule in FAMILIES["facts"] else None
    said = judgement(sql, rule.before, switched_on(rule), major(rule), platform(rule), live)
    return [finding.rule for each in said.findings for finding in each]


@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.name)
def test_a_rule_finds_its_unsafe_example(rule: Rule) -> None:
    assert rule.name in found(rule, rule.unsafe)


@pytest.mark.parametrize("on", Platform)
@pytest.mark.parametrize("rule", WITH_EXAMPLES, ids=lambda rule: rule.name)
def test_no_rule_speaks_of_a_safe_example(rule: Rule, on: Platform) -> None:
    """No finding of any severity, of the rule itself and of all that are on by default.

    What is exempted in the example does not count. A rule that is off by default is a matter of taste (every name
    with its schema, a comment on every table): it is silent on its own safe example and binds no other.
    """
    judged = judgement(rule.safe, rule.before, switched_on(rule), platform=on)
    assert [finding.rule for each in judged.findings for finding in each if finding.counts] == []


@pytest.mark.parametrize("rule", [rule for rule in FAMILIES["facts"] if rule.unsafe], ids=lambda rule: rule.name)
def test_a_rule_on_live_facts_needs_both_the_facts_and_the_statement(rule: Rule) -> None:
    assert rule.name not in found(rule, rule.safe)
    without = judgement(rule.unsafe, rule.before)
    assert rule.name not in [finding.rule for each in without.findings for finding in each]


def test_each_rule_is_registered_under_the_name_of_its_file() -> None:
    folder = Path(rules.__file__).parent
    files = [path.stem for family in FAMILIES for path in (folder / family).glob("*.py") if path.stem != "__init__"]
    assert sorted(rule.name.replace("-", "_") for rule in RULES) == sorted(files)


def test_only_what_no_migration_text_can_show_has_no_example() -> None:
    """An exemption stands in the manifest; evidence is what rows, queries and servers say, whatever the SQL is.

    Of the others two speak of a rollback, one of what a target has pending, one of thousands of partitions, one of
    tables of known size.
    """
    without = [rule for rule in RULES if not rule.unsafe]
    shown_elsewhere = (OnExemptions, OnEvidence)
    assert [rule.name for rule in without if not isinstance(rule.check, shown_elsewhere)] == [
        "rollback-unusable",
        "irreversible-without-down",
        "hot-table-multi-touch",
        "locks-nearly-exhausted",
        "cumulative-lock-budget",
    ]


def test_a_rollback_that_cannot_be_read_is_found_at_its_migration() -> None:
    broken = replace(judged("SELECT 1;"), unusable_rollback="down.sql:1:1: syntax error")
    said = judge([broken], SchemaState(), Policies(), Surroundings(), TODAY)
    (finding,) = said.findings[0]
    assert (finding.rule, finding.line) == ("rollback-unusable", 1)
    assert "down.sql:1:1" in finding.detail


@pytest.mark.parametrize(("rollback", "told"), [(True, []), (False, ["irreversible-without-down"])])
def test_a_loss_without_a_declared_rollback_is_noticed(*, rollback: bool, told: list[str]) -> None:
    migrations = [judged("CREATE TABLE t (id int);"), replace(judged("TRUNCATE t;", 1), rollback=rollback)]
    said = judge(migrations, SchemaState(), Policies(), Surroundings(), TODAY).findings[1]
    assert [finding.rule for finding in said if "rollback" in finding.detail] == told


@pytest.mark.parametrize(("size", "told"), [(10**9, []), (10**10, ["cumulative-lock-budget"])])
def test_what_a_plan_blocks_a_table_for_in_all_is_noticed(size: int, told: list[str]) -> None:
    """Two index builds of 17 s each are bearable; of 170 s each they are more than a minute."""
    state = SchemaState(complete=frozenset({"public"}))
    state.put(QualifiedName("t", "public"), TableState(bytes=size, rows=size // 100))
    migrations = [judged(f"CREATE INDEX i{number} ON t (a);", number) for number in range(2)]
    said = judge(migrations, state, Policies(), Surroundings(), TODAY)
    found = [finding.rule for each in said.findings for finding in each if "in all" in finding.detail]
    assert found == told


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_speaks_in_whole_sentences(rule: Rule) -> None:
    assert 0 <= rule.points <= 100
    assert rule.harm.endswith(".")
    assert rule.remedy.endswith((".", "?"))
