"""A NOT VALID foreign key of a partitioned table, which PostgreSQL 18 is the first to allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.constraints import ConstraintKind
from migsafe.planner.rules.clues.partitioned import partitioned
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:
    if context.major is None:
        return
    match action:
        case act.AddConstraint(table=table, constraint=made) if made.not_valid and partitioned(context.state, table):
            if made.kind is ConstraintKind.FOREIGN_KEY:
                yield Hit(table, f"{table} is partitioned, and this server is PostgreSQL {context.major}")


RULE = Rule(
    name="add-fk-partitioned-not-valid",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=70,
    harm=(
        "Before PostgreSQL 18 a foreign key of a partitioned table cannot be NOT VALID: the migration fails (42809)."
    ),
    remedy=(
        "Add the key to each partition as NOT VALID and validate it there, then add it to the "
        "partitioned table, which finds them valid."
    ),
    before="""
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE visits (user_id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE visits_2026 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON visits (user_id);
""",
    unsafe="ALTER TABLE visits ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
    safe="""
SET LOCAL lock_timeout = '2s';
ALTER TABLE visits_2026 ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- next migration
ALTER TABLE visits_2026 VALIDATE CONSTRAINT of_user;
""",
    check=OnActions((act.AddConstraint,), _find),
    until=17,
)
