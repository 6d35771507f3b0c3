"""Whether the rows of the target still let a plan through; asked while the lock of the target is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.preflight.ask import run_preflights
from migsafe.schemas.policies import PreflightPolicy
from migsafe.schemas.preflight import Consequence, Found, words_of
from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    import psycopg

    from migsafe.schemas.plan import Plan
    from migsafe.schemas.preflight import Preflight

_LISTED = 5


class DataWouldFail(Refusal):
    """Rows of the target make a statement of the plan fail."""


def require_data(plan: Plan, connection: psycopg.Connection) -> None:
    """Ask again what the plan asked of rows, and raise DataWouldFail where a statement certainly fails on them.

    What data would be lost, and what the plan itself settles, was told with the plan and does not stop it here.
    """
    if plan.limits.preflight is PreflightPolicy.WARN:
        return
    fatal = [one.preflight for one in plan.preflights.answered if one.preflight.consequence is Consequence.FAILS]
    answered = run_preflights(connection, fatal, plan.limits.sampling)
    found = [(one.preflight, one.result) for one in answered if isinstance(one.result, Found)]
    if found:
        raise _refusal(found)


def _refusal(found: list[tuple[Preflight, Found]]) -> DataWouldFail:
    first = found[0][0]
    told = [f"{preflight.question} {_answer(preflight, result)}" for preflight, result in found[:_LISTED]]
    more = f" (and {len(found) - _LISTED} more)" if len(found) > _LISTED else ""
    count = "a statement" if len({one.statement for one, _ in found}) == 1 else "several statements"
    return DataWouldFail(
        f"{count} of the plan would fail on rows that are in the target now; nothing was changed",
        why="; ".join(told) + more,
        remedy="mend the rows, or let the migration do it first, then: migsafe plan -o plan.json",
        place=Place(first.path, first.line, first.column, first.excerpt),
    )


def _answer(preflight: Preflight, result: Found) -> str:
    """`Yes, 3; such as (id) = (7)`."""
    sample = f"; such as ({', '.join(preflight.key)}) = ({', '.join(result.sample)})" if result.sample else ""
    return f"Yes, {words_of(result)}{sample}"
