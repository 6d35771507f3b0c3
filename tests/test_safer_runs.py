"""The SQL that rules offer, run on the server."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import FAMILIES
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.policies import Policies

if TYPE_CHECKING:
    from migsafe.planner.rules.rule import Rule
    from migsafe.schemas.finding import Finding

MAJOR = 17
OURS = ("adding_columns", "changing_columns", "constraints", "dropping", "indexes", "partitions", "tables")
FOR_ALL = {"index-replace-gap", "multiple-alter-table"}
"""What they offer stands in place of all statements of the example."""
REFUSED = {"set-tablespace", "index-ivfflat-before-data", "spatial-column-without-index"}
"""They need a tablespace, an extension."""
TODAY = dt.date(2026, 1, 15)


def judged(sql: str, name: str) -> Judged:
    return Judged(name, name, divide(parse(sql.encode(), name)))


def offered(rule: Rule) -> Finding | None:
    """The finding in which the rule offers something in place of a statement of its unsafe example."""
    migrations = [judged(rule.before, "1.sql"), judged(rule.unsafe, "2.sql")]
    said = judge(migrations, SchemaState(), Policies(), Surroundings(major=MAJOR), TODAY)
    return next((each for each in said.findings[1] if each.rule == rule.name and each.safer), None)


EXAMPLES = [rule for family in OURS for rule in FAMILIES[family] if rule.since <= MAJOR]


@pytest.mark.parametrize(
    ("rule", "finding"),
    [pytest.param(rule, hit, id=rule.name) for rule in EXAMPLES if rule.name not in REFUSED and (hit := offered(rule))],
)
def test_the_server_takes_what_a_rule_offers(rule: Rule, finding: Finding, database: str) -> None:
    """In place of the statement that it finds in its example, or of all, each statement by itself."""
    example = [] if rule.name in FOR_ALL else parse(rule.unsafe.encode(), "unsafe")
    place = (finding.line, finding.column)
    before = [each for each in example if (each.line, each.column) < place]
    after = [each for each in example if (each.line, each.column) > place]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(rule.before)
        for statement in (*before, *parse(finding.safer.encode(), "safer"), *after):
            connection.execute(statement.sql)
