"""What became of a query: what a server made of it before, against what it makes of it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.impact import QueryImpact, Touched, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.schemas.impact import Cause, PreparedQuery, ResultColumn, ServerRefusal

# Classes of SQLSTATE that tell of the server's state and not of the query: connection, transaction, resources, limits,
# locks and prerequisites, intervention (timeouts), system, internal.
_OF_THE_MOMENT = ("08", "25", "40", "53", "54", "55", "57", "58", "XX")


def verdict(before: PreparedQuery, after: PreparedQuery) -> Verdict:
    """What the server's two answers mean for the query."""
    if before.refusal is not None:
        return Verdict.NOT_CHECKABLE
    if after.refusal is not None:
        unsure = after.refusal.sqlstate.startswith(_OF_THE_MOMENT)
        return Verdict.NOT_CHECKABLE if unsure else Verdict.BROKEN
    pairs = zip(before.columns, after.columns, strict=False)
    same = len(before.columns) == len(after.columns) and all(column.is_like(other) for column, other in pairs)
    return Verdict.UNAFFECTED if same else Verdict.RESULT_TYPE_CHANGES


def compared(before: PreparedQuery, after: PreparedQuery, because: Cause | None) -> QueryImpact:
    """The impact on one query; `because` is the statement that did it, None where it is not known."""
    found = verdict(before, after)
    refusal = before.refusal or after.refusal
    changed = found is Verdict.RESULT_TYPE_CHANGES
    return QueryImpact(
        query=before.query,
        verdict=found,
        message=_change(before.columns, after.columns) if changed else _message(refusal),
        sqlstate="0A000" if changed else refusal.sqlstate if refusal else "",
        position=refusal.position if refusal else 0,
        because=because if found in {Verdict.BROKEN, Verdict.RESULT_TYPE_CHANGES} else None,
        objects=tuple(Touched(relation=name, column="") for name in before.relations),
        estimated=False,
    )


def compared_all(before: Iterable[PreparedQuery], after: Iterable[PreparedQuery]) -> tuple[QueryImpact, ...]:
    """The impact on each query of what lies between two answers, of one database or of two."""
    return tuple(compared(earlier, later, None) for earlier, later in zip(before, after, strict=True))


def _message(refusal: ServerRefusal | None) -> str:
    return refusal.message if refusal else ""


def _change(before: tuple[ResultColumn, ...], after: tuple[ResultColumn, ...]) -> str:
    """What is new and what is gone, in words."""
    gone = [str(column) for column in before if not any(column.is_like(other) for other in after)]
    new = [str(column) for column in after if not any(column.is_like(other) for other in before)]
    if not gone and not new:
        return "the order of the result's columns changes"
    parts = [f"no longer {', '.join(gone)}" if gone else "", f"now {', '.join(new)}" if new else ""]
    return f"the result has {' and '.join(part for part in parts if part)}"
