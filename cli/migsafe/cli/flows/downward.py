"""down: undo the newest migrations with the rollbacks that were recorded when they were applied."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.cli.flows.applying import Task, broken_off
from migsafe.cli.flows.asking import ask_target
from migsafe.cli.flows.planning import stamp
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.target import survey_target, target_url
from migsafe.cli.flows.upward import review_and_apply
from migsafe.cli.lines import Line, Span, Tone, line
from migsafe.planner.draft import draft_down
from migsafe.planner.undoing import questions_down
from migsafe.schemas.problem import ExitCode, Refusal, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migsafe.cli.options import Consent, Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.ledger import AppliedMigration
    from migsafe.schemas.migration import SqlFile

_TONES = {"+": Tone.GOOD, "-": Tone.BAD}


@dataclass(frozen=True, slots=True)
class Reach:
    """How far down, and with which texts."""

    to: str | None
    steps: int
    from_file: bool
    """Whether the scripts are used as they are now."""


def down(options: Options, consent: Consent, screen: Screen, reach: Reach) -> ExitCode:
    """Undo migrations, newest first; refuses before anything is changed if one of them cannot be undone."""
    project = open_project(options)
    with target_url(project, screen) as url:
        facts = survey_target(project, url, project.manifest.facts)
        standing = sorted(facts.ledger.applied, key=lambda one: one.sequence, reverse=True)
        chosen = _settled(_chosen(standing, reach), _scripts(project), reach, screen)
        _require_undoable(chosen)
        migrations = project.migrations()
        answers = ask_target(project, url, questions_down(project.manifest, migrations, facts, chosen))
        plan = draft_down(project.manifest, migrations, facts, chosen, stamp(project), answers)
        return review_and_apply(Task(plan, project, url, screen, None, broken_off(consent)), options, consent)


def _chosen(standing: list[AppliedMigration], reach: Reach) -> tuple[AppliedMigration, ...]:
    """The migrations to undo, newest first."""
    if reach.to is None:
        return tuple(standing[: reach.steps])
    ends = [at for at, one in enumerate(standing) if reach.to in {one.label, one.file, one.name}]
    if len(ends) != 1:
        raise Usage(
            f"--to {reach.to} names {len(ends) or 'no'} applied migrations",
            why="a label, name or file must stand for exactly one; it stays, all later ones are undone",
            remedy="see their labels: migsafe status",
        )
    return tuple(standing[: ends[0]])


def _scripts(project: Project) -> Mapping[str, SqlFile]:
    """The rollback scripts of the folder as they are now, by file of their migration."""
    return {one.file: one.down for one in project.migrations() if one.down is not None}


def _settled(
    chosen: tuple[AppliedMigration, ...], scripts: Mapping[str, SqlFile], reach: Reach, screen: Screen
) -> tuple[AppliedMigration, ...]:
    """The migrations with the rollback text to use; where recorded and present text differ, the difference is shown."""
    settled = []
    for one in chosen:
        file = scripts.get(one.file)
        script = None if file is None else file.raw.decode("utf-8-sig", "replace")
        if script is not None and script != one.rollback_sql:
            screen.tell(_difference(one, script))
            used = "The script is used (--from-file)." if reach.from_file else "The recorded text is used."
            screen.say(f"{used} {'' if reach.from_file else '--from-file takes the script.'}")
        if reach.from_file and file is not None:
            one = one.model_copy(update={"rollback_sql": script, "rollback_file": file.path})  # noqa: PLW2901 - the same migration with another script
        settled.append(one)
    return tuple(settled)


def _difference(one: AppliedMigration, script: str) -> Iterator[Line]:
    """What changed in a rollback script since its migration was applied."""
    name = one.rollback_file or one.file
    if one.rollback_sql is None:
        yield line(Span(f"{one.file} had no rollback when it was applied; now there is one.", Tone.WARN))
        return
    yield line(Span(f"The rollback of {one.file} is not the one that was recorded:", Tone.WARN))
    was, now = one.rollback_sql.splitlines(), script.splitlines()
    told = list(difflib.unified_diff(was, now, f"recorded {name}", f"now {name}", lineterm=""))
    for text in told or ["only line ends or a byte order mark differ"]:
        yield line(Span(f"  {text}", _TONES.get(text[:1], Tone.PLAIN)))


def _require_undoable(chosen: tuple[AppliedMigration, ...]) -> None:
    without = [one.file for one in chosen if not (one.rollback_sql or "").strip()]
    if without:
        raise Refusal(
            f"{', '.join(without)} cannot be undone",
            why="no rollback was recorded when it was applied; nothing was changed",
            remedy="write its rollback script and use it: migsafe down --from-file",
        )
