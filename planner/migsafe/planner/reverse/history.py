"""A whole history as migrations whose rollbacks can be tried, with no target behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.prepared import prepare
from migsafe.planner.replay import from_files
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.undoing import undo_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.schemas.migration import Migration
    from migsafe.schemas.plan import PlannedMigration


def with_rollbacks(migrations: Iterable[Migration]) -> tuple[PlannedMigration, ...]:
    """These migrations with the steps of their files and of their declared rollbacks. Raises Refusal as `prepare`."""
    return tuple(_planned(migration) for migration in migrations)


def _planned(migration: Migration) -> PlannedMigration:
    (replayed,) = from_files([migration])
    return replayed.migration().model_copy(update={"undo": undo_of(prepare(migration), SchemaState())})
