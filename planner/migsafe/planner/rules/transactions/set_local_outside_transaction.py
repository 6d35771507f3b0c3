"""SET LOCAL where no transaction is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _find(statement: Statement, context: Context) -> Iterator[Hit]:
    if context.segment is None or statement.within:
        return
    after = () if context.segment.kind is SegmentKind.LONE else context.segment.statements[context.number + 1 :]
    if not all(_only_sets(other) for other in after):
        return
    for action in statement.actions:
        match action:
            case act.SetVariable(name=name, is_local=True) if not name.startswith("transaction_"):
                yield Hit("", f"SET LOCAL {name} is over before the next statement begins")
            case _:
                pass


def _only_sets(statement: Statement) -> bool:
    return all(isinstance(action, act.SetVariable | act.ResetVariable) for action in statement.actions)


RULE = Rule(
    name="set-local-outside-transaction",
    severity=Severity.WARNING,
    dimension=Dimension.FAILURE,
    points=5,
    harm=(
        "Outside of a transaction SET LOCAL does nothing: the server only warns, and what follows runs "
        "without the timeout or the search path that it was to have."
    ),
    remedy="Write SET in place of SET LOCAL, or put both statements between BEGIN and COMMIT.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="""
SET LOCAL statement_timeout = 0;
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
""",
    safe="""
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
""",
    check=OnStatements(_find),
)
