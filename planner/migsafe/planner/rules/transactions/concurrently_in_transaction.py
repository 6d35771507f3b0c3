"""A statement that must stand alone, inside a code block or a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _find(statement: Statement, _context: Context) -> Iterator[Hit]:
    if statement.within and not statement.transactional and statement.alone is not None:
        inside = "a code block" if statement.within == ("DO",) else f"{statement.within[-1]}()"
        yield Hit("", f"{statement.alone.command} stands inside {inside}")


RULE = Rule(
    name="concurrently-in-transaction",
    severity=Severity.ERROR,
    dimension=Dimension.FAILURE,
    points=80,
    harm=(
        "PostgreSQL refuses it inside of any code block or function (error 25001), and takes back all that "
        "the transaction has done."
    ),
    remedy="Write it as a plain statement, in a migration of its own.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);",
    unsafe="""
DO $$ BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id)'; END $$;
""",
    safe="CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);",
    check=OnStatements(_find),
)
