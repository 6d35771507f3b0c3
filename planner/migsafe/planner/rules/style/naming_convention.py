"""A name that is not in lower snake case."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.rules.clues.given_names import NAMING, given_names
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner import actions as act
    from migsafe.planner.rules.context import Context

_SNAKE = re.compile(r"[a-z_][a-z0-9_]*\Z")


def _find(action: act.Action, _: Context) -> Iterator[Hit]:
    for kind, name in given_names(action):
        if not _SNAKE.match(name):
            yield Hit(name, f'{kind} "{name}" has to be written in double quotes for ever')


RULE = Rule(
    name="naming-convention",
    severity=Severity.OFF,
    dimension=Dimension.COMPATIBILITY,
    points=1,
    harm="Whoever forgets the quotes gets an error, or another object.",
    remedy="Use small letters, digits and underscores.",
    before="CREATE SCHEMA app;",
    unsafe='CREATE TABLE app."PageVisits" (id bigint PRIMARY KEY);',
    safe="CREATE TABLE app.page_visits (id bigint PRIMARY KEY);",
    check=OnActions(NAMING, _find),
)
