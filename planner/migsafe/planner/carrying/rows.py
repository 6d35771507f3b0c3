"""Rows and settings of the session carried forward: which new tables are filled, how names and times are read."""

from __future__ import annotations

import re
from typing import TypeAlias

from migsafe.planner import actions as act
from migsafe.planner.schema_state import FEW_ROWS, SchemaState
from migsafe.schemas.names import QualifiedName

_MADE_UNREAD = re.compile(r"create (or replace )?(constraint )?(trigger|policy|rule)")

Handled: TypeAlias = (
    act.Insert | act.Copy | act.Merge | act.RefreshMaterializedView | act.SetVariable | act.ResetVariable | act.DoBlock
)


def take(state: SchemaState, action: Handled) -> None:
    """Change `state` as the action does."""
    match action:
        case act.Insert(table=name, rows=rows):
            if rows is None or rows > FEW_ROWS:
                _fill(state, name)
        case act.Copy(table=QualifiedName() as name, is_from=True) | act.Merge(table=name):
            _fill(state, name)
        case act.RefreshMaterializedView(name=name, with_data=True):
            _fill(state, name)
        case act.SetVariable(name="search_path" | "timezone" as name, value=value, is_local=is_local):
            _remember(state, is_local)
            _set(state, name, value)
        case act.ResetVariable(name=None):
            _set(state, "search_path", None)
            _set(state, "timezone", None)
        case act.ResetVariable(name=str(setting)):
            _set(state, setting, None)
        case act.DoBlock(body=body):
            words = " ".join(body.lower().split())
            state.row_security_unread |= "row level security" in words
            if "execute" in words and _MADE_UNREAD.search(words):
                _told_no_more(state)
        case _:
            pass


def _fill(state: SchemaState, name: QualifiedName) -> None:
    if (known := state.change(name)) is not None:
        known.filled = True


def _told_no_more(state: SchemaState) -> None:
    """A code block may have made triggers and policies on any table in words that were not analysed."""
    for name in [name for name, known in state.tables.items() if known.told]:
        if (known := state.change(name)) is not None:
            known.told = False


def _remember(state: SchemaState, is_local: bool) -> None:  # noqa: FBT001 - a field of the action
    if is_local:
        state.outer = state.outer or (state.path, state.time_zone)
    else:
        state.outer = None


def _set(state: SchemaState, name: str, value: str | None) -> None:
    if name == "search_path":
        parts = [part.strip() for part in (value or "public").split(",")]
        state.path = tuple(part for part in parts if part not in {"", "$user"}) or state.path
    elif name == "timezone":
        state.time_zone = value.lower() if value is not None else None
