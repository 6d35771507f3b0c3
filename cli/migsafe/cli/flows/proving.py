"""Round trips beside the rehearsal: each migration is undone and applied again on the shadow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from migsafe.planner.catalog_difference import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from migsafe.executor.rehearse import Script
    from migsafe.executor.rehearse.round_trip import Course, Proof
    from migsafe.executor.rehearse.rows import Filling
    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.planner.reverse.proven import Tried
    from migsafe.schemas.evidence import Evidence
    from migsafe.schemas.plan import Limits, Plan


@dataclass(frozen=True, slots=True)
class Stands:
    """A shadow, and the server of ours that it is on."""

    shadow: ShadowDatabase
    scratch: Scratch | None
    """None where the shadow is on the team's own server: no copies of it are made there."""
    filling: Filling | None = None
    """How its tables are filled; None: they stay empty."""


def rehearsed_there_and_back(
    plan: Plan, stands: Stands, script: Script, tell: Callable[[str], None]
) -> tuple[Evidence, Mapping[str, Tried]]:
    """The evidence of a plan, and what came of the round trips of its migrations, by file; none where it fails.

    `tell` is called with what is under way.
    """
    from migsafe.executor.rehearse import rehearse  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.failing import of_the_server  # noqa: PLC0415 - as above
    from migsafe.executor.rehearse.proving import told, trips  # noqa: PLC0415 - as above

    course, shadow = course_of(plan.limits, script.timeout_ms, plan.role, stands.shadow), stands.shadow
    if stands.filling is not None and stands.scratch is not None:
        return _on_rows(plan, stands.scratch, shadow, (script, course), stands.filling)
    with of_the_server(), trips(shadow, plan.migrations, course, tell) as under_way:
        evidence = rehearse(plan, shadow, replace(script, trips=under_way))
    if evidence.failure is not None:
        return evidence, {}
    rest: tuple[Proof, ...] = ()
    if under_way.apart and stands.scratch is not None:
        with of_the_server():
            rest = _apart(plan, stands.scratch, shadow, course, frozenset(under_way.apart))
    return evidence, by_file(told(under_way, rest))


def course_of(limits: Limits, timeout_ms: int, role: str | None, shadow: ShadowDatabase) -> Course:
    """How round trips are run; `timeout_ms` limits each statement, 0: nothing does."""
    from migsafe.executor.rehearse import limits_on_shadow  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.round_trip import Course, Wits  # noqa: PLC0415 - as above
    from migsafe.planner.reverse import first_back, generated_undo, statements  # noqa: PLC0415 - with the parser

    wits = Wits(difference, first_back, statements, generated_undo)
    return Course(wits, limits_on_shadow(limits, timeout_ms), role, shadow.schemas)


def _on_rows(
    plan: Plan, scratch: Scratch, shadow: ShadowDatabase, how: tuple[Script, Course], filling: Filling
) -> tuple[Evidence, Mapping[str, Tried]]:
    """Rehearsed with rows, and all done once more there and back: with rows again, unless it fails on them."""
    from migsafe.executor.rehearse.copied import bring_back  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.failing import of_the_server  # noqa: PLC0415 - as above
    from migsafe.executor.rehearse.filled import rehearse_on_rows  # noqa: PLC0415 - as above
    from migsafe.executor.rehearse.history import try_there_and_back  # noqa: PLC0415 - as above
    from migsafe.executor.rehearse.rows import fill  # noqa: PLC0415 - as above

    script, course = how
    evidence = rehearse_on_rows(plan, scratch, shadow, script, filling)
    if evidence.failure is not None:
        return evidence, {}
    with of_the_server():
        bring_back(scratch, shadow)
        if evidence.failed_on_rows is None:
            fill(shadow, filling)
        return evidence, by_file(try_there_and_back(scratch, shadow, plan.migrations, course).proofs)


def _apart(
    plan: Plan, scratch: Scratch, shadow: ShadowDatabase, course: Course, files: frozenset[str]
) -> tuple[Proof, ...]:
    """Those whose statements cannot share a transaction, once more from the beginning."""
    from migsafe.executor.rehearse.copied import bring_back  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.history import try_there_and_back  # noqa: PLC0415 - as above

    bring_back(scratch, shadow)
    return try_there_and_back(scratch, shadow, plan.migrations, course, only=files).proofs


def by_file(proofs: Iterable[Proof]) -> Mapping[str, Tried]:
    """What came of the round trips, as the planner reads it."""
    from migsafe.planner.reverse.proven import Tried  # noqa: PLC0415 - with the parser

    return {proof.file: Tried(proof.declared, proof.generated, proof.undo) for proof in proofs}
