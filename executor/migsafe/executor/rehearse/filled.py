"""The rehearsal on tables with generated rows, so that steps that depend on data have some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.rehearse.copied import bring_back
from migsafe.executor.rehearse.failing import of_the_server
from migsafe.executor.rehearse.rehearsal import rehearse
from migsafe.executor.rehearse.rows import fill

if TYPE_CHECKING:
    from migsafe.executor.rehearse.rehearsal import Script
    from migsafe.executor.rehearse.rows import Filling
    from migsafe.executor.shadow import Scratch, ShadowDatabase
    from migsafe.schemas.evidence import Evidence
    from migsafe.schemas.plan import Plan


def rehearse_on_rows(
    plan: Plan, scratch: Scratch, shadow: ShadowDatabase, script: Script, filling: Filling
) -> Evidence:
    """The evidence of a plan, measured with rows.

    Rows that were made up are no reason to refuse a plan: where it fails on them and not without, all that is measured
    is measured without, and the failure is told beside it.
    """
    with of_the_server():
        generated = fill(shadow, filling)
    evidence = rehearse(plan, shadow, script)
    if evidence.failure is None:
        empty = tuple(f"{each.table}: {each.refused}" for each in generated if not each.rows)
        about = evidence.shadow.model_copy(update={"generated_rows": filling.rows, "without_rows": empty})
        return evidence.model_copy(update={"shadow": about})
    with of_the_server():
        bring_back(scratch, shadow)
    without = rehearse(plan, shadow, script)
    failed = evidence.failure if without.failure is None else None
    return without.model_copy(update={"failed_on_rows": failed})
