"""Plans that no person keeps as a file: those of `up` and `down`, kept while their run is not finished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.cli.files import write_whole
from migsafe.cli.flows.showing import load_plan
from migsafe.schemas.seal import plan_text

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.cli.flows.project import Project
    from migsafe.schemas.plan import Plan

_STATE_FOLDER = ".migsafe"


def keep(plan: Plan, project: Project) -> Path:
    """Write the plan where `saved` finds it, so that its run can go on after a crash."""
    file = _file(project, plan.id)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    write_whole(file, plan_text(plan))
    return file


def saved(project: Project, plan_id: str) -> Path | None:
    """The file of a kept plan, if it is there."""
    file = _file(project, plan_id)
    return file if file.is_file() else None


def load_saved(project: Project, plan_id: str) -> Plan | None:
    """A kept plan, if it is there. Raises Stale where it was damaged."""
    file = saved(project, plan_id)
    return None if file is None else load_plan(file)


def let_go(plan: Plan, project: Project) -> None:
    """Remove a kept plan whose run has ended."""
    _file(project, plan.id).unlink(missing_ok=True)


def _file(project: Project, plan_id: str) -> Path:
    word = "".join(character for character in plan_id if character.isalnum())
    return project.root / _STATE_FOLDER / f"plan-{word}.json"
