"""What the findings on a drop say when nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migsafe.schemas.finding import Dimension
from migsafe.schemas.quarantine import KeptKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migsafe.planner.quarantine.instead import Instead
    from migsafe.planner.quarantine.keeping import Keeping
    from migsafe.schemas.finding import Finding
    from migsafe.schemas.quarantine import Quarantined

_NO_WAY_BACK = "irreversible-without-down"
_WOULD_BE_LOST = "data-would-be-lost"
_DROPS = {"drop-table": KeptKind.TABLE, "drop-column": KeptKind.COLUMN}
_POINTS = 25
_DAY = 86_400_000

_HARM = {
    KeptKind.TABLE: (
        "Queries that name the table fail. Its rows stay on disk and in backups, out of everybody's reach but the "
        "owner's; a publication of all tables still carries it."
    ),
    KeptKind.COLUMN: (
        "Queries that name the column fail. It is still there by its other name: SELECT * returns it, triggers, "
        "logical replication and backups carry it, who may read the whole table reads it too, its space is not freed."
    ),
}
_REMEDY = (
    "See that nothing uses it any more. `migsafe down` brings it back with what it holds, `migsafe purge` drops it."
)


def beside(keeping: Keeping, data: Mapping[str, tuple[Finding, ...]]) -> Keeping:
    """The same with the findings on the target's rows, but for rows that a statement would lose which loses none."""
    rows = (finding for each in data.values() for finding in each)
    left = (each for each in rows if each.rule != _WOULD_BE_LOST or _spot(each) not in keeping.places)
    return replace(keeping, findings=(*left, *keeping.findings))


def told(findings: Iterable[Finding], keeping: Keeping, keep_ms: int) -> tuple[Finding, ...]:
    """The findings, where those on a drop say that it keeps what it takes, where, and for how long at least.

    That a rollback is missing is not said of what `down` brings back without one.
    """
    kept = (each for each in findings if each.rule != _NO_WAY_BACK or _spot(each) not in keeping.places)
    return tuple(_told(each, keeping.places.get(_spot(each)), keep_ms) for each in kept)


def _told(finding: Finding, instead: Instead | None, keep_ms: int) -> Finding:
    kind = _DROPS.get(finding.rule)
    if instead is None or kind is None:
        return finding
    objects = [each for each in instead.quarantines if each.kind is kind and _is_of(finding, each)]
    if not objects:
        return finding
    names = ", ".join(f"{each.name} as {each.place}" for each in objects)
    days = f"{keep_ms / _DAY:g} days"
    update = {
        "dimension": Dimension.COMPATIBILITY,
        "points": min(finding.points, _POINTS),
        "detail": f"kept in quarantine for at least {days}, until migsafe purge: {names}",
        "harm": _HARM[kind],
        "remedy": _REMEDY,
    }
    return finding.model_copy(update=update)


def _is_of(finding: Finding, kept: Quarantined) -> bool:
    """Whether the finding on a column means this one: all of its columns stand in one statement."""
    return kept.column is None or f".{kept.column} " in f"{finding.detail} " or kept.column in finding.detail


def _spot(finding: Finding) -> tuple[str, int, int]:
    return finding.path, finding.line, finding.column
