"""What stands around the statement that a rule looks at: its text, its other actions, its migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _this(context: Context) -> Statement | None:
    return context.segment.statements[context.number] if context.segment is not None else None


def this_sql(context: Context) -> str:
    """The statement's text without its `;`; empty for a rule that is asked outside of a migration."""
    statement = _this(context)
    return statement.sql if statement is not None else ""


def fellows(context: Context) -> tuple[Action, ...]:
    """All actions of the statement, the one that is looked at among them."""
    statement = _this(context)
    return statement.actions if statement is not None else ()


def only_act(context: Context) -> bool:
    """Whether the statement does one thing only, so that other SQL can stand in its place."""
    return len(fellows(context)) == 1


def before(context: Context) -> Iterator[Action]:
    """The actions of the migration's statements before this one, those of earlier transactions too."""
    this = _this(context)
    for statement in context.migration.statements if context.migration is not None else ():
        if statement is this:
            return
        yield from statement.actions


def after(context: Context) -> Iterator[Action]:
    """The actions of the migration's statements after this one, those of later transactions too."""
    this, reached = _this(context), False
    for statement in context.migration.statements if context.migration is not None else ():
        if reached:
            yield from statement.actions
        reached |= statement is this
