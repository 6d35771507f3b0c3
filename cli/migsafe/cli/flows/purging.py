"""purge: what is in quarantine, listed or dropped for good."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from migsafe.cli.flows.applying import Task, broken_off
from migsafe.cli.flows.planning import stamp
from migsafe.cli.flows.project import open_project
from migsafe.cli.flows.target import connected, survey_target, target_url
from migsafe.cli.flows.upward import review_and_apply
from migsafe.cli.lines import Line, Span, Tone, aligned, line
from migsafe.cli.progress import size_words
from migsafe.cli.wording import plural
from migsafe.planner.quarantine.purging import draft_purge
from migsafe.schemas.policies import Milliseconds
from migsafe.schemas.problem import ExitCode, Refusal, Usage
from migsafe.schemas.report import REPORT_FORMAT, QuarantineReport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.cli.flows.project import Project
    from migsafe.cli.options import Consent, Options
    from migsafe.cli.screen import Screen
    from migsafe.schemas.quarantine import QuarantineStanding
    from migsafe.schemas.target import TargetFacts

Standings = tuple["QuarantineStanding", ...]
_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Choice:
    """What is to be dropped."""

    names: tuple[str, ...]
    """Tables and columns by their old names; empty for all."""
    older_than: str | None
    """How long it must have been kept; None: as the manifest says."""


def purge(options: Options, consent: Consent, screen: Screen, choice: Choice) -> ExitCode:
    """Drop for good what is chosen, with a plan, a backup and a confirmation; with --dry-run only list what is kept.

    Raises Refusal for what is named and is younger than `policies.quarantine_for`, unless --force is given.
    """
    project = open_project(options)
    now = dt.datetime.now(dt.UTC)
    with target_url(project, screen) as url:
        facts = survey_target(project, url)
        kept = _looked(project, url, facts)
        least = project.manifest.policies.quarantine_for
        chosen = _chosen(kept, choice, least, now)
        if options.dry_run or not chosen:
            return _listed(kept, chosen, screen, now)
        young = [one for one in chosen if _age(one, now) < least]
        if young and not consent.force:
            raise _too_young(young, least)
        screen.tell(_lines(kept, chosen, now))
        plan = draft_purge(project.manifest, facts, chosen, stamp(project))
        return review_and_apply(Task(plan, project, url, screen, None, broken_off(consent)), options, consent)


def _looked(project: Project, url: str, facts: TargetFacts) -> Standings:
    from migsafe.executor.quarantine import look  # noqa: PLC0415 - start-up

    with connected(project, url, "purge") as connection:
        return look(connection, facts.ledger.quarantine)


def _chosen(kept: Standings, choice: Choice, least: int, now: dt.datetime) -> Standings:
    """What is to be dropped: all that is named and old enough. Of a column whose table is kept itself, the table."""
    tables = {one.entry.object.table for one in kept if one.entry.object.column is None}
    found = tuple(one for one in kept if one.entry.object.column is None or one.entry.object.table not in tables)
    if choice.names:
        found = tuple(one for name in choice.names for one in _named(name, found))
    age = _milliseconds(choice.older_than) if choice.older_than is not None else (0 if choice.names else least)
    return tuple(one for one in dict.fromkeys(found) if _age(one, now) >= age)


def _named(name: str, kept: Standings) -> Standings:
    found = tuple(one for one in kept if name in _names(one))
    if found:
        return found
    raise Usage(
        f"nothing in quarantine is named {name}",
        why="a table is named as it was, with or without its schema, a column as TABLE.COLUMN; or by the place it has",
        remedy="see what is there: migsafe purge --dry-run",
    )


def _names(one: QuarantineStanding) -> set[str]:
    kept = one.entry.object
    bare = kept.table.partition(".")[2]
    tail = "" if kept.column is None else f".{kept.column}"
    return {f"{kept.table}{tail}", f"{bare}{tail}", kept.place}


def _milliseconds(text: str) -> int:
    try:
        return TypeAdapter(Milliseconds).validate_python(text)
    except ValidationError as error:
        raise Usage(
            f"--older-than {text} is no duration", why=error.errors()[0]["msg"], remedy="write it like 30d or 12h"
        ) from None


def _age(one: QuarantineStanding, now: dt.datetime) -> float:
    """Milliseconds since it was moved there."""
    return (now - dt.datetime.fromisoformat(one.entry.since)).total_seconds() * 1000


def _too_young(young: list[QuarantineStanding], least: int) -> Refusal:
    names = ", ".join(one.entry.object.name for one in young)
    return Refusal(
        f"{names} has not been kept for {least / _DAY:g} days",
        why="policies.quarantine_for says how long what was dropped must be kept; nothing was changed",
        remedy="wait, or say that it is meant: --force",
    )


def _listed(kept: Standings, chosen: Standings, screen: Screen, now: dt.datetime) -> ExitCode:
    if screen.json:
        places = tuple(one.entry.object.place for one in chosen)
        screen.document(QuarantineReport(kind="quarantine", format=REPORT_FORMAT, kept=kept, chosen=places))
    screen.show(_lines(kept, chosen, now))
    return ExitCode.DONE


def _lines(kept: Standings, chosen: Standings, now: dt.datetime) -> Iterator[Line]:
    if not kept:
        yield line("Nothing is in quarantine.")
        return
    yield line(f"{plural(len(kept), 'object')} in quarantine, {len(chosen)} to be dropped for good:")
    yield from aligned((_row(one, one in chosen, now) for one in kept), indent="  ")


def _row(one: QuarantineStanding, chosen: bool, now: dt.datetime) -> tuple[str | Span, ...]:  # noqa: FBT001 - a column of the list
    kept = one.entry.object
    state = Span("to be dropped", Tone.BAD) if chosen else Span("kept", Tone.GOOD)
    state = state if one.there else Span("not there", Tone.WARN)
    age = f"{_age(one, now) / _DAY:.1f} days"
    return state, kept.name, age, f"{one.rows:,} rows", size_words(one.bytes), f"by {kept.migration}", kept.place
