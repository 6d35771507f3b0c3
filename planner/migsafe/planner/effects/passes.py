"""The order in which one ALTER TABLE does its actions, which is not the order of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migsafe.planner.actions import Action

# tablecmds.c, AlterTablePass: drops, new types, new columns, new expressions, constraints, attributes of columns (SET
# NOT NULL is one), the rest.
_PASSES: tuple[tuple[type, ...], ...] = (
    (act.DropColumn, act.DropConstraint, act.DropNotNull, act.DropIdentity, act.DropGeneratedExpression),
    (act.AlterColumnType,),
    (act.AddColumn,),
    (act.SetGeneratedExpression,),
    (act.SetNotNull, act.SetDefault, act.DropDefault, act.TuneColumn, act.AddIdentity),
    (act.AddConstraint,),
)
_ORDER = {kind: number for number, kinds in enumerate(_PASSES) for kind in kinds}


def in_passes(actions: Sequence[Action]) -> list[Action]:
    """The actions as the server does them; what has no pass of its own comes last."""
    return sorted(actions, key=lambda action: _ORDER.get(type(action), len(_PASSES)))
