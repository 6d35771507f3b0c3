"""Findings: their place, what policies and exemptions make of them, and what is left alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from migsafe.planner.evidence import Spot, finding_of, weigh
from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import FAMILIES, RULES
from migsafe.planner.rules.rule import Hit
from migsafe.planner.schema_state import SchemaState, of_target
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Exemption, Policies, RulePolicy
from migsafe.schemas.problem import Refusal
from migsafe.schemas.severity import Severity
from migsafe.schemas.target import RelationFacts

if TYPE_CHECKING:
    from migsafe.schemas.finding import Finding

TODAY = dt.date(2026, 1, 15)

OF_RIGHTS = {rule.name for rule in FAMILIES["access"]} - {"rls-disabled-in-api-schema"}
"""They have something to say of nearly every table in an exposed schema, and these tests are about other rules."""


def judged(sql: str, name: str = "1_a") -> Judged:
    path = f"migrations/{name}.sql"
    return Judged(f"{name}.sql", path, divide(parse(sql.encode(), path)))


def findings(*sql: str, state: SchemaState | None = None, policies: Policies | None = None) -> list[Finding]:
    migrations = [judged(text, f"{number}_a") for number, text in enumerate(sql, 1)]
    surroundings = Surroundings(exposed=frozenset({"public"}))
    said = judge(migrations, state or SchemaState(), policies or Policies(), surroundings, TODAY)
    return [finding for each in (*said.findings, said.overall) for finding in each]


def rules(*sql: str, state: SchemaState | None = None, policies: Policies | None = None) -> list[str]:
    told = findings(*sql, state=state, policies=policies)
    return [finding.rule for finding in told if finding.rule not in OF_RIGHTS]


def target(size: int = 10**9) -> SchemaState:
    facts = RelationFacts(relation="public.t", kind="table", rows=5, bytes=size, row_security=True, owner="postgres")
    return of_target([facts], ["public"])


def exempt(statement: str, rule: str = "truncate", until: dt.date = TODAY, migration: str = "1_a") -> Policies:
    exemption = Exemption(
        rule=rule, migration=migration, statement=statement, owner="ann", reason="empty since May", expires=until
    )
    return Policies(exemptions=(exemption,))


HASH = parse(b"TRUNCATE t", "x")[0].sha256


def test_a_finding_has_its_place_and_excerpt() -> None:
    (found,) = findings("-- why\n\n  TRUNCATE t;")
    assert (found.path, found.line, found.column, found.excerpt) == ("migrations/1_a.sql", 3, 3, "TRUNCATE t")
    assert (found.object, found.statement) == ("t", HASH)


def test_the_size_of_the_table_weighs() -> None:
    sql = "CREATE INDEX i ON t (a)"
    (small,), (large,) = findings(sql, state=target(10**6)), findings(sql, state=target(10**11))
    assert small.points < large.points


def test_a_new_table_is_nobodys_concern() -> None:
    table = "CREATE TABLE n (a int); ALTER TABLE n ENABLE ROW LEVEL SECURITY;"
    harmless = "CREATE INDEX i ON n (a); ALTER TABLE n ADD CHECK (a > 0); ALTER TABLE n ALTER a SET NOT NULL;"
    assert rules(table + harmless) == []
    assert rules(table, harmless, state=target()) == []


def test_without_a_target_each_migration_may_be_deployed_alone() -> None:
    table = "CREATE TABLE n (a int); ALTER TABLE n ENABLE ROW LEVEL SECURITY"
    assert rules(table, "CREATE INDEX i ON n (a)") == ["create-index-blocking"]


def test_a_new_table_that_was_filled_and_committed_is_in_use() -> None:
    table = "CREATE TABLE n (a int); ALTER TABLE n ENABLE ROW LEVEL SECURITY; INSERT INTO n SELECT a FROM t;"
    assert rules(table + "CREATE INDEX i ON n (a)", state=target()) == []
    assert rules(table, "CREATE INDEX i ON n (a)", state=target()) == ["create-index-blocking"]


def test_what_the_target_does_not_have_is_not_lost() -> None:
    assert rules("DROP TABLE IF EXISTS gone CASCADE", state=target()) == []
    assert rules("DROP TABLE t", state=target()) == ["drop-table"]


ENABLE = "'ALTER TABLE ' || t || ' ENABLE ROW LEVEL SECURITY'"


def test_row_security_may_be_enabled_by_a_later_migration() -> None:
    table, enable = "CREATE TABLE n (a int)", "ALTER TABLE n ENABLE ROW LEVEL SECURITY"
    assert rules(table, enable) == []
    assert rules(table) == ["rls-disabled-in-api-schema"]
    block = "DO $$ BEGIN EXECUTE 'ALTER TABLE n ENABLE ROW LEVEL SECURITY'; END $$"
    assert rules(table, block) == []
    every = "FOR t IN SELECT tablename FROM pg_tables LOOP"
    loop = f"DO $$ DECLARE t text; BEGIN {every} EXECUTE {ENABLE}; END LOOP; END $$"
    assert rules(table, loop) == ["statement-not-analysed"]


def test_policies_set_the_severity_and_switch_off() -> None:
    error = Policies(rules={"truncate": RulePolicy(severity=Severity.ERROR)})
    assert [finding.severity for finding in findings("TRUNCATE t", policies=error)] == [Severity.ERROR]
    off = Policies(rules={"truncate": RulePolicy(severity=Severity.OFF)})
    assert findings("TRUNCATE t", policies=off) == []


@pytest.mark.parametrize("migration", ["1_a", "1_a.sql", "migrations/1_a.sql"])
def test_an_exemption_waives_exactly_its_statement(migration: str) -> None:
    policies = exempt(HASH[:12], migration=migration)
    waived, other = (each for each in findings("TRUNCATE t; TRUNCATE u", policies=policies) if each.rule == "truncate")
    assert waived.waiver is not None
    assert (waived.waiver.owner, waived.counts, other.waiver) == ("ann", False, None)


def test_an_expired_exemption_waives_nothing_and_is_a_finding() -> None:
    policies = exempt(HASH, until=TODAY - dt.timedelta(days=1))
    found, expired = findings("TRUNCATE t", policies=policies)
    assert (found.counts, expired.rule, expired.line) == (True, "exemption-expired", 0)


def test_an_unused_exemption_is_a_finding_where_its_migration_was_judged() -> None:
    assert rules("SELECT 1", policies=exempt(HASH)) == ["exemption-unused"]
    assert rules("SELECT 1", policies=exempt(HASH, migration="7_b")) == []


def test_a_policy_for_no_rule_is_refused_with_the_nearest() -> None:
    policies = Policies(rules={"drop-tabel": RulePolicy(severity=Severity.OFF)})
    with pytest.raises(Refusal, match="did you mean drop-table"):
        findings("SELECT 1", policies=policies)
    with pytest.raises(Refusal, match=r"policies\.exemptions"):
        findings("SELECT 1", policies=exempt(HASH, rule="truncat"))


def test_a_rename_does_not_make_a_table_new() -> None:
    sql = "ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u; CREATE INDEX i ON u (a)"
    assert rules(sql, state=target()) == ["create-index-blocking"]


def test_the_given_state_is_left_as_it_is() -> None:
    state = target()
    before = state.copy()
    findings("CREATE TABLE n (a int); DROP TABLE t", state=state)
    assert state == before


def told(rule: str = "data-would-fail") -> Finding:
    (rule_,) = [each for each in RULES if each.name == rule]
    spot = Spot("migrations/1_a.sql", 1, 1, "TRUNCATE t", HASH)
    return finding_of(rule_, spot, Hit("t", "3 rows"))


def evident(policies: Policies) -> list[Finding]:
    said = judge([judged("TRUNCATE t")], SchemaState(), policies, Surroundings(), TODAY, [told()])
    return [each for each in (*said.findings[0], *said.overall) if each.rule != "truncate"]


def test_policies_and_exemptions_reach_what_the_target_tells() -> None:
    assert [(each.severity, each.counts) for each in evident(Policies())] == [(Severity.ERROR, True)]
    notice = Policies(rules={"data-would-fail": RulePolicy(severity=Severity.NOTICE)})
    assert [each.severity for each in evident(notice)] == [Severity.NOTICE]
    assert evident(Policies(rules={"data-would-fail": RulePolicy(severity=Severity.OFF)})) == []
    assert [each.counts for each in evident(exempt(HASH, rule="data-would-fail"))] == [False]


def test_what_is_told_after_the_judgement_is_weighed_likewise() -> None:
    sql = "-- migsafe: allow data-would-fail because the rows are mended by hand\nTRUNCATE t"
    (waived,) = weigh([told().model_copy(update={"line": 2})], [judged(sql)], Policies(), TODAY)
    assert waived.waiver is not None
    assert weigh([told()], [], Policies(rules={"data-would-fail": RulePolicy(severity=Severity.OFF)}), TODAY) == ()
