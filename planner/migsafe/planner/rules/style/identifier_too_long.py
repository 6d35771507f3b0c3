"""A name that PostgreSQL cuts off."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context
    from migsafe.planner.tree import Json

_LONGEST = 63
"""Bytes of a name (NAMEDATALEN - 1); a character of several bytes is not cut in two."""


def _texts(tree: Json) -> Iterator[str]:
    waiting: list[Json] = [tree]
    while waiting:
        match waiting.pop():
            case dict(node):
                waiting.extend(node.values())
            case list(nodes):
                waiting.extend(nodes)
            case str(text) if _LONGEST - 3 <= len(text.encode()) <= _LONGEST and "\n" not in text:
                yield text
            case _:
                pass


def _find(statement: Statement, _: Context) -> Iterator[Hit]:
    """The parser cuts names itself: one of full length that goes on in the text is found."""
    if (
        all(len(word.encode()) <= _LONGEST for word in re.split(r"[\s().,;]+", statement.sql))
        and '"' not in statement.sql
    ):
        return
    for name in dict.fromkeys(_texts(dict(statement.node))):
        spelled = r"(?<![\w$])" + re.escape(name.replace('"', '""')) + r"[\w$]+"
        longer = re.search(spelled, statement.sql, re.IGNORECASE)
        if longer:
            yield Hit(name, f"{longer[0]} is cut to {name}")


RULE = Rule(
    name="identifier-too-long",
    severity=Severity.OFF,
    dimension=Dimension.FAILURE,
    points=3,
    harm="PostgreSQL cuts names to 63 bytes without an error: two long names become one, and a later statement that "
    "spells the name in full may mean another object.",
    remedy="Choose a shorter name.",
    before="CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint);",
    unsafe="CREATE VIEW orders_of_all_customers_with_everything_that_anybody_ever_asked_for_in_one_place AS "
    "SELECT id FROM orders;",
    safe="CREATE VIEW orders_of_all_customers AS SELECT id FROM orders;",
    check=OnStatements(_find),
)
