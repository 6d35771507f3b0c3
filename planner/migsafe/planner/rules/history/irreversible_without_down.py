"""Data that goes for good, in a migration that declares no way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.effects.predict import strongest_first
from migsafe.planner.rules.rule import Hit, OnStatements, Rule
from migsafe.schemas.effect import Loss
from migsafe.schemas.finding import Dimension
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context


def _find(statement: Statement, context: Context) -> Iterator[Hit]:
    if context.migration is None or context.migration.rollback or statement.within:
        return
    for effect in strongest_first(context.effects):
        if effect.loss is not Loss.NONE and not effect.new:
            lost = effect.loss.value.replace("-", " ")
            yield Hit(effect.relation, f"{effect.relation} loses {lost}, and the migration declares no rollback")


RULE = Rule(
    name="irreversible-without-down",
    severity=Severity.NOTICE,
    dimension=Dimension.RECOVERY,
    points=0,  # what the loss and the missing way back weigh is told by the drop and by the class of the undo
    harm="When it turns out to be a mistake, nobody has thought of the way back yet.",
    remedy=(
        "Write the rollback that restores at least the shape, take the backup, or let the policy "
        "`destructive: quarantine` keep what is dropped."
    ),
    before="",
    unsafe="",
    safe="",
    check=OnStatements(_find),
)
"""Shown by no example: the text of a migration does not tell whether a rollback stands beside it."""
