"""CREATE EVENT TRIGGER: a function that every DDL of the database runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.rule import Hit, OnActions, Rule
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.rules.context import Context


def _find(action: act.Action, context: Context) -> Iterator[Hit]:  # noqa: ARG001 - the signature of a check
    match action:
        case act.CreateEventTrigger(name=name, event=event, function=function):
            yield Hit("", f"{name} runs {function}() at {event} of all sessions, of every later migration too")
        case _:
            pass


RULE = Rule(
    name="event-trigger",
    severity=Severity.NOTICE,
    dimension=Dimension.AVAILABILITY,
    points=5,
    harm="An error in the function refuses every DDL statement of the database, also the one that would mend it.",
    remedy=(
        "Let the function catch its own errors, and keep at hand how to get past it: ALTER EVENT TRIGGER ... DISABLE "
        "is not caught by event triggers."
    ),
    before="CREATE FUNCTION note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';",
    unsafe="CREATE EVENT TRIGGER noting ON ddl_command_end EXECUTE FUNCTION note_ddl();",
    safe="CREATE OR REPLACE FUNCTION note_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END';",
    check=OnActions((act.CreateEventTrigger,), _find),
)
