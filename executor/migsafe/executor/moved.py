"""What became of the objects of a plan's base since it was made, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_named
from migsafe.executor.ledger.kept import Left, left
from migsafe.executor.survey.shape import ABSENT, fingerprints, same_spelling
from migsafe.schemas.catalog.fingerprint import object_fingerprints
from migsafe.schemas.names import parsed
from migsafe.schemas.problem import Stale

if TYPE_CHECKING:
    import psycopg

    from migsafe.executor.options import Compare
    from migsafe.schemas.catalog import Catalog
    from migsafe.schemas.plan import Plan
    from migsafe.schemas.target import ObjectFingerprint

_SENTENCES = 10
_SHAPE = "its shape (columns, constraints, indexes, triggers, policies) is not the one that was planned for"


def require_base(plan: Plan, connection: psycopg.Connection, compare: Compare | None) -> None:
    """Raise Stale where an object that the plan touches is no longer as it was planned for.

    It names them all. Where the plan had them as the last run left them, `compare` says what changed.
    """
    found = fingerprints(connection, tuple(one.object for one in plan.base))
    moved = [
        (planned, present)
        for planned, present in zip(plan.base, found, strict=True)
        if planned.fingerprint != present.fingerprint
    ]
    if moved:
        named = ", ".join(f"{planned.object} {_change(planned, present)}" for planned, present in moved)
        said = () if compare is None else _sentences([planned for planned, _ in moved], connection, compare)
        raise Stale(
            f"{named} since the plan was made",
            why="; ".join(said) or _SHAPE,
            remedy="look at what is pending now: migsafe plan -o plan.json",
        )


def _change(planned: ObjectFingerprint, present: ObjectFingerprint) -> str:
    if planned.fingerprint == ABSENT:
        return "was created"
    return "was dropped" if present.fingerprint == ABSENT else "was changed"


def _sentences(moved: list[ObjectFingerprint], connection: psycopg.Connection, compare: Compare) -> list[str]:
    """What changed of those objects that the plan had as the last run left them."""
    found = left(connection)
    if not isinstance(found, Left):
        return []
    recorded = {one.object: one.fingerprint for one in object_fingerprints(found.kept.catalog)}
    known = [one.object for one in moved if recorded.get(one.object, ABSENT) == one.fingerprint]
    with connection.transaction(force_rollback=True), same_spelling(connection):
        present = read_named(connection, tuple(parsed(name) for name in known))
    changes = compare(_only(found.kept.catalog, known), _only(present, known))
    said = [change.sentence for change in changes[:_SENTENCES]]
    return said if len(changes) <= _SENTENCES else [*said, f"and {len(changes) - _SENTENCES} more changes"]


def _only(catalog: Catalog, names: list[str]) -> Catalog:
    """The relations of these names alone."""
    kept = dict.fromkeys(type(catalog).model_fields, ())
    relations = {
        "tables": tuple(each for each in catalog.tables if each.name in names),
        "views": tuple(each for each in catalog.views if each.name in names),
        "sequences": tuple(each for each in catalog.sequences if each.name in names),
    }
    return catalog.model_copy(update=kept | relations)
