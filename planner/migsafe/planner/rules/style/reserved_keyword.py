"""A name that is a reserved word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.given_names import NAMING, given_names
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.names import quoted
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    for kind, name in given_names(action):
        if name.isascii() and name.isalpha() and name.islower() and quoted(name) != name:
            yield Hit(name, f"{kind} {name} is a reserved word")


RULE = Rule(
    name="reserved-keyword",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Whoever forgets the double quotes gets a syntax error, or, with user, the name of the session's role.",
    remedy="Choose another word, such as a plural.",
    before="CREATE SCHEMA app;",
    unsafe='CREATE TABLE app."order" (id bigint PRIMARY KEY);',
    safe="CREATE TABLE app.orders (id bigint PRIMARY KEY);",
    check=OnActions(NAMING, _find),
)
