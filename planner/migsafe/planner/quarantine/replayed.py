"""What was done instead of the statements of an applied migration, to be done again on a shadow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.quarantine.instead import Instead, Spot, spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.planner.prepared import Script
    from migsafe.schemas.quarantine import Quarantined


def done_before(script: Script, objects: Iterable[Quarantined]) -> Mapping[Spot, Instead]:
    """What was done instead of which statement when the objects were moved into quarantine."""
    away = {(each.line, each.position): each.away for each in objects}
    return {
        spot(each): Instead(sql=away[(each.line, each.column)], instead_of=each.text.strip(), summary="keep it")
        for each in script.statements
        if (each.line, each.column) in away
    }
