"""Round trips beside the rehearsal: the shadow is rehearsed on, brought back, and gone over there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.catalog_difference import difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migsafe.executor.rehearse import Script
    from migsafe.executor.rehearse.round_trip import Proof
    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.planner.reverse.proven import Tried
    from migsafe.schemas.evidence import Evidence
    from migsafe.schemas.plan import Plan


@dataclass(frozen=True, slots=True)
class Stands:
    """A shadow and the server of ours that it is on."""

    scratch: Scratch
    shadow: ShadowDatabase


def rehearsed_there_and_back(
    plan: Plan, stands: Stands, script: Script, rows: int
) -> tuple[Evidence, Mapping[str, Tried]]:
    """The evidence of a plan, and what came of the round trips of its migrations, by file; none where it fails."""
    from migsafe.executor.rehearse import rehearse  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.round_trip import bring_back, set_aside  # noqa: PLC0415 - as above

    set_aside(stands.scratch, stands.shadow)
    evidence = rehearse(plan, stands.shadow, script)
    bring_back(stands.scratch, stands.shadow)
    if evidence.failure is not None:
        return evidence, {}
    proofs = _proofs(plan, stands, rows)
    about = evidence.shadow.model_copy(update={"generated_rows": rows})
    return evidence.model_copy(update={"shadow": about}), {proof.file: _tried(proof) for proof in proofs}


def _proofs(plan: Plan, stands: Stands, rows: int) -> tuple[Proof, ...]:
    from migsafe.executor.rehearse.round_trip import Course, Wits, prove  # noqa: PLC0415 - psycopg is slow to import
    from migsafe.executor.rehearse.rows import generate_rows  # noqa: PLC0415 - as above
    from migsafe.executor.shadow.database import catalog_of  # noqa: PLC0415 - as above
    from migsafe.planner.reverse import first_back, generated_undo, statements  # noqa: PLC0415 - with the parser

    if rows:
        generate_rows(stands.shadow.watcher_url, catalog_of(stands.shadow), rows)
    course = Course(Wits(difference, first_back, statements, generated_undo), plan.limits, plan.role)
    return prove(stands.scratch, stands.shadow, plan.migrations, course)


def _tried(proof: Proof) -> Tried:
    from migsafe.planner.reverse.proven import Tried  # noqa: PLC0415 - with the parser

    return Tried(proof.declared, proof.generated, proof.undo)
