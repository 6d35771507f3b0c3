"""facts: what planning needs to know of the target, saved for a plan without a connection."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from pydantic import ValidationError

from migsafe.cli.files import read_whole, write_whole
from migsafe.cli.flows.asking import ask_target
from migsafe.cli.flows.drifting import drift_since
from migsafe.cli.flows.project import Project, open_project
from migsafe.cli.flows.target import survey_target, target_url
from migsafe.cli.lines import Line, Span, Tone, line
from migsafe.cli.wording import plural
from migsafe.planner.draft import ground, questions_of
from migsafe.schemas.preflight import Answered, Found
from migsafe.schemas.problem import ExitCode, Stale
from migsafe.schemas.report import REPORT_FORMAT, FactsReport
from migsafe.schemas.saved_facts import FACTS_FORMAT, SavedFacts
from migsafe.schemas.seal import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from migsafe.cli.options import Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.target import TargetFacts

_LARGEST = 512 * 1024 * 1024
_ANEW = "take them anew: migsafe facts -o facts.json"


def facts(options: Options, screen: Screen, output: Path | None) -> ExitCode:
    """Take the facts of the target, write them where `output` says, tell what they hold and what they lack."""
    project = open_project(options)
    with target_url(project, screen) as url:
        taken = _taken(project, url)
    file = None
    if output is not None and options.dry_run:
        screen.say(f"dry run: {output} was not written")
    elif output is not None:
        write_whole(output.absolute(), canonical(taken.model_dump(mode="json")) + "\n")
        file = str(output)
    if screen.json:
        screen.document(FactsReport(kind="facts", format=REPORT_FORMAT, file=file, facts=taken))
    screen.show(_lines(taken, file))
    return ExitCode.DONE


def load_facts(file: Path, project: Project) -> SavedFacts:
    """Saved facts of this project and environment. Raises Problem for a file that cannot be read, Stale for others."""
    saved = _read(file)
    if (saved.project, saved.environment) != (project.manifest.project, project.environment):
        raise Stale(
            "the facts are of another target",
            why=f"they were taken for {saved.project}, {_named(saved.environment)}; this is"
            f" {project.manifest.project}, {_named(project.environment)}",
            remedy=_ANEW,
        )
    return saved


def _named(environment: str | None) -> str:
    return f"environment {environment}" if environment is not None else "no environment"


def _taken(project: Project, url: str) -> SavedFacts:
    found = survey_target(project, url, project.manifest.facts)
    asked = questions_of(ground(project.manifest, project.migrations(), found))
    unsealed = SavedFacts(
        kind="facts",
        format=FACTS_FORMAT,
        taken_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        tool=version("migsafe"),
        project=project.manifest.project,
        environment=project.environment,
        facts=_without_texts(found),
        answered=tuple(map(_without_key, ask_target(project, url, asked).answered)),
        drift=drift_since(project, url, found),
        digest="",
    )
    return unsealed.model_copy(update={"digest": _digest(unsealed)})


def _without_texts(found: TargetFacts) -> TargetFacts:
    """The facts without the texts of migrations and errors, which may hold values: a plan needs their hashes alone."""
    ledger = found.ledger
    applied = tuple(one.model_copy(update={"sql": "", "rollback_sql": None}) for one in ledger.applied)
    run = None if ledger.unfinished is None else ledger.unfinished.model_copy(update={"error": None})
    return found.model_copy(update={"ledger": ledger.model_copy(update={"applied": applied, "unfinished": run})})


def _without_key(one: Answered) -> Answered:
    if not isinstance(one.result, Found):
        return one
    return one.model_copy(update={"result": one.result.model_copy(update={"sample": None})})


def _digest(saved: SavedFacts) -> str:
    return hashlib.sha256(canonical(saved.model_dump(mode="json") | {"digest": ""}).encode()).hexdigest()


def _read(file: Path) -> SavedFacts:
    raw = read_whole(file, _LARGEST, f"take them: migsafe facts -o {file}")
    try:
        saved = SavedFacts.model_validate(json.loads(raw), strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _damaged(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise _damaged(str(error) or "it nests too deep") from None
    if saved.format != FACTS_FORMAT:
        raise _damaged(f"they have format {saved.format}, and this migsafe reads {FACTS_FORMAT}")
    if _digest(saved) != saved.digest:
        raise _damaged("their content does not match the digest inside")
    return saved


def _damaged(why: str) -> Stale:
    return Stale("the facts are not what this migsafe wrote", why=why, remedy=_ANEW)


def _lines(taken: SavedFacts, file: str | None) -> Iterator[Line]:
    found, live = taken.facts, taken.facts.live
    tables = sum(1 for one in found.relations if one.kind in {"table", "partitioned table"})
    counts = f"{plural(tables, 'table')}, {plural(len(taken.answered), 'question')} about rows"
    yield line(Span("Facts taken: ", Tone.GOOD), f"{found.identity.database}, {counts}")
    for gap in live.gaps if live is not None else ():
        yield line(f"  not known: {gap.fact} ({gap.reason})")
    if file is not None:
        yield line(f"written to {file}; plan with them: migsafe plan --facts {file}")
