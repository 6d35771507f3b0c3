"""Triggers, event triggers and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import expression
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, items, named, number, relation_at, texts, word

if TYPE_CHECKING:
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreateTrigger:
    """CREATE [CONSTRAINT] TRIGGER."""

    name: str
    table: QualifiedName
    function: QualifiedName
    timing: str
    """`before`, `after` or `instead of`."""
    events: tuple[str, ...]
    """Of `insert`, `delete`, `update`, `truncate`."""
    for_each_row: bool
    or_replace: bool
    constraint: bool
    columns: tuple[str, ...] = ()
    """Those of UPDATE OF."""
    when: Expression | None = None
    """The condition of WHEN."""


@value
class EnableTrigger:
    """ALTER TABLE ... ENABLE [ALWAYS | REPLICA] TRIGGER; `trigger` is a name, ALL or USER."""

    table: QualifiedName
    trigger: str
    mode: str
    """`origin`, `always` or `replica`."""


@value
class DisableTrigger:
    """ALTER TABLE ... DISABLE TRIGGER; `trigger` is a name, ALL or USER. ALL turns foreign keys off too."""

    table: QualifiedName
    trigger: str


@value
class SwitchEventTrigger:
    """ALTER EVENT TRIGGER ... ENABLE or DISABLE."""

    name: str
    enabled: bool


@value
class CreateEventTrigger:
    """CREATE EVENT TRIGGER: runs its function at every DDL of the database."""

    name: str
    event: str
    function: QualifiedName


@value
class CreateRule:
    """CREATE RULE."""

    name: str
    table: QualifiedName
    event: str
    instead: bool
    or_replace: bool


# pg_trigger.h: TRIGGER_TYPE_BEFORE 2, INSERT 4, DELETE 8, UPDATE 16, TRUNCATE 32, INSTEAD 64.
_TIMINGS = {0: "after", 2: "before", 64: "instead of"}
_EVENTS = {4: "insert", 8: "delete", 16: "update", 32: "truncate"}


def create_trigger(node: Node) -> tuple[CreateTrigger]:
    """CreateTrigStmt."""
    events = number(node, "events")
    return (
        CreateTrigger(
            word(node, "trigname"),
            relation_at(node, "relation"),
            named(node, "funcname"),
            _TIMINGS.get(number(node, "timing"), "after"),
            tuple(event for bit, event in _EVENTS.items() if events & bit),
            flag(node, "row"),
            flag(node, "replace"),
            flag(node, "isconstraint"),
            texts(items(node, "columns")),
            expression(node, "whenClause"),
        ),
    )


def create_event_trigger(node: Node) -> tuple[CreateEventTrigger]:
    """CreateEventTrigStmt."""
    return (CreateEventTrigger(word(node, "trigname"), word(node, "eventname"), named(node, "funcname")),)


def alter_event_trigger(node: Node) -> tuple[SwitchEventTrigger]:
    """AlterEventTrigStmt."""
    return (SwitchEventTrigger(word(node, "trigname"), word(node, "tgenabled") != "D"),)


def create_rule(node: Node) -> tuple[CreateRule]:
    """RuleStmt."""
    event = word(node, "event").removeprefix("CMD_").lower()
    name, table = word(node, "rulename"), relation_at(node, "relation")
    return (CreateRule(name, table, event, flag(node, "instead"), flag(node, "replace")),)
