"""The questions of a plan about rows: asked of the target, or answered from saved facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from migsafe.schemas.preflight import Preflight, Preflights, Unasked

if TYPE_CHECKING:
    from migsafe.cli.flows.project import Project
    from migsafe.schemas.saved_facts import SavedFacts

Ask: TypeAlias = Callable[[tuple[Preflight | Unasked, ...]], Preflights]
"""Gives questions their answers."""


def ask_target(project: Project, url: str, asked: tuple[Preflight | Unasked, ...]) -> Preflights:
    """The answers of the target itself; it is not connected to where there is no question."""
    from migsafe.cli.flows.target import connected  # noqa: PLC0415 - psycopg is slow to import

    questions = [one for one in asked if isinstance(one, Preflight)]
    unasked = tuple(one for one in asked if isinstance(one, Unasked))
    if not questions:
        return Preflights(answered=(), unasked=unasked)
    from migsafe.executor.preflight import run_preflights  # noqa: PLC0415 - psycopg is slow to import

    with connected(project, url, "plan") as connection:
        return Preflights(answered=run_preflights(connection, questions, project.manifest.facts), unasked=unasked)


def saved_answers(saved: SavedFacts, asked: tuple[Preflight | Unasked, ...]) -> Preflights:
    """The answers that were saved; a question that was not asked then is one without an answer."""
    known = {(one.preflight.statement, one.preflight.count_sql): one for one in saved.answered}
    questions = [one for one in asked if isinstance(one, Preflight)]
    found = [known.get((one.statement, one.count_sql)) for one in questions]
    return Preflights(
        answered=tuple(
            then.model_copy(update={"preflight": one})
            for one, then in zip(questions, found, strict=True)
            if then is not None
        ),
        unasked=(
            *(one for one in asked if isinstance(one, Unasked)),
            *(_unanswered(one, saved) for one, then in zip(questions, found, strict=True) if then is None),
        ),
    )


def _unanswered(one: Preflight, saved: SavedFacts) -> Unasked:
    return Unasked(
        hazard=one.hazard,
        object=one.object,
        reason=f"the facts saved at {saved.taken_at} do not answer it",
        path=one.path,
        line=one.line,
        statement=one.statement,
    )
