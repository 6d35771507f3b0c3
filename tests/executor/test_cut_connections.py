"""Cut or killed anywhere, there and back: ledger and catalog agree, and the same command goes on to the end."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from applying import OPTIONS, alone, applied_files, ledger_of, migration, plan_for, run, together, value
from forking import Forking
from migsafe.executor.backup import standings
from migsafe.schemas.events import StepDone
from migsafe.schemas.manifest import Backup
from migsafe.schemas.plan import Direction, PlannedBackup
from migsafe.schemas.problem import Problem, RolledBack, Stale
from migsafe.schemas.step import IndexBuilt, IndexGone
from proxy import TO_CLIENT, TO_SERVER, Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    from migsafe.executor.server.embedded import Server
    from migsafe.schemas.plan import Plan, PlannedMigration

    Connect = Callable[[str], psycopg.Connection]

PATIENT = replace(OPTIONS, wait_ms=10_000)
EVERY = 1 if "MIGSAFE_TEST_EVERYWHERE" in os.environ else 7
"""Of the messages between which a run can be killed, every how many are tried."""
CUTS = 200 if "MIGSAFE_TEST_EVERYWHERE" in os.environ else 10
"""In how many places, evenly spread over all bytes that go one way, the connections are cut."""


@dataclass(frozen=True)
class Journey:
    """A migration of three steps, the middle one outside a transaction; what the catalog shows when each is done."""

    migration: PlannedMigration
    direction: Direction
    shown: tuple[str, str, str]
    applied: list[str]
    """What stands at its end."""

    def plan(self, url: str) -> Plan:
        """Its plan for the database as it stands."""
        return plan_for(url, self.migration, direction=self.direction)


UP = Journey(
    migration(
        "1_a.sql",
        together("CREATE TABLE t (v int)", "CREATE TABLE once (v int)"),
        alone(
            "CREATE INDEX CONCURRENTLY t_v ON public.t (v)",
            IndexBuilt(kind="index_built", index="public.t_v", table="public.t"),
        ),
        together("INSERT INTO once VALUES (1)", "ALTER TABLE once RENAME TO twice"),
    ),
    Direction.UP,
    (
        "to_regclass('t') IS NOT NULL",
        "EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('t_v') AND indisvalid)",
        "to_regclass('twice') IS NOT NULL",
    ),
    ["1_a.sql"],
)
DOWN = Journey(
    migration(
        "1_a.sql",
        together("DROP TABLE twice"),
        alone("DROP INDEX CONCURRENTLY public.t_v", IndexGone(kind="index_gone", index="public.t_v")),
        together("DROP TABLE t"),
    ),
    Direction.DOWN,
    ("to_regclass('twice') IS NULL", "to_regclass('t_v') IS NULL", "to_regclass('t') IS NULL"),
    [],
)


@pytest.fixture
def door(server: Server) -> Iterator[Proxy]:
    """A way to the server that can be cut."""
    with proxy(server.socket_dir) as made:
        yield made


@pytest.fixture
def forking(tmp_path: Path) -> Iterator[Forking]:
    """Makes children that apply."""
    with Forking.started(tmp_path) as made:
        yield made


def begin_anew(journey: Journey, url: str, connection: psycopg.Connection) -> Plan:
    """The journey's plan, for a database where nothing of it is done."""
    connection.execute("DROP SCHEMA IF EXISTS migsafe CASCADE; DROP TABLE IF EXISTS t, once, twice")
    if journey is DOWN:
        run(UP.plan(url), url)
    return journey.plan(url)


def require_truth(journey: Journey, url: str) -> None:
    """What the ledger says is what the catalog shows."""
    ledger = ledger_of(url)
    assert ledger.intact
    begun = ledger.unfinished
    done = {step.step for step in begun.done} if begun else set()
    if begun is None and applied_files(url) == journey.applied:
        done = {0, 1, 2}
    shown = [value(url, f"SELECT {condition}") for condition in journey.shown]
    assert shown[0] == (0 in done)
    assert shown[2] == (2 in done)
    if shown[1] and not shown[2]:
        assert 1 in done or (begun is not None and begun.running is not None)
    assert shown[1] or 1 not in done


def go_on(journey: Journey, plan: Plan, url: str) -> None:
    """What a person does next: the same command; and once more, to see that it is over."""
    try:
        run(plan, url, options=PATIENT)
    except Stale as problem:
        assert "already applied" in str(problem)  # noqa: PT017 - either end is right, this one in these words
    with pytest.raises(Stale, match="already applied"):
        run(plan, url)
    assert applied_files(url) == journey.applied
    assert all(value(url, f"SELECT {condition}") for condition in journey.shown)
    assert journey is DOWN or value(url, "SELECT count(*) FROM twice") == 1


JOURNEYS = pytest.mark.parametrize("journey", [UP, DOWN], ids=["up", "down"])
WAYS = pytest.mark.parametrize("way", [TO_SERVER, TO_CLIENT])


@WAYS
@JOURNEYS
def test_cut_at_any_byte_it_tells_the_truth_and_goes_on(
    journey: Journey, way: str, database: str, connect: Connect, door: Proxy
) -> None:
    """Of what an apply sends, or is sent, the first n bytes pass; then all its connections break at once."""
    other = connect(database)
    plan, before = begin_anew(journey, database, other), door.passed[way]
    run(plan, door.url(database))
    total = door.passed[way] - before
    ends = set()
    for number in range(CUTS):
        plan = begin_anew(journey, database, other)
        ends.add(cut_at(door, way, number * total // CUTS, plan, database))
        require_truth(journey, database)
        go_on(journey, plan, database)
    assert len(ends) > 1, f"all cuts came to the same end: {ends}"


def cut_at(door: Proxy, way: str, offset: int, plan: Plan, url: str) -> str:
    """Apply through the door, which breaks at that byte; what it came to."""
    limit = door.passed[way] + offset
    broken: list[int] = []

    def piece(heading: str, data: bytes, before: int) -> bytes | None:
        if heading != way or broken or before + len(data) <= limit:
            return data
        broken.append(before)
        return None

    door.piece = piece
    return end_of(plan, door, url)


def end_of(plan: Plan, door: Proxy, url: str) -> str:
    """Apply through the door; what it came to."""
    stood: list[object] = []
    try:
        run(plan, door.url(url), lambda event: stood.append(event) if isinstance(event, StepDone) else None, PATIENT)
    except RolledBack:
        assert steps_done(url) == len(stood), "what is said to be rolled back does not stand"
        return "rolled back"
    except Problem as problem:
        return type(problem).__name__
    assert ledger_of(url).unfinished is None
    return "done"


@JOURNEYS
def test_when_the_answer_to_any_commit_is_lost_what_was_committed_is_found_out(
    journey: Journey, database: str, connect: Connect, door: Proxy
) -> None:
    other = connect(database)
    ends: list[str] = []
    broken = True
    while broken:
        plan = begin_anew(journey, database, other)
        door.piece = losing_answer(len(ends) + 1, door)
        ends.append(end_of(plan, door, database))
        broken = door.piece is handed_on
        require_truth(journey, database)
        go_on(journey, plan, database)
    assert "rolled back" not in ends
    assert ends.count("done") > 2, "a lost answer to the COMMIT of a step does not stop the run"


def losing_answer(number: int, door: Proxy) -> Callable[[str, bytes, int], bytes | None]:
    """Cut the connection that is answered that COMMIT, and no other; from then on all is handed on."""
    sent: list[bytes] = []

    def piece(way: str, data: bytes, _before: int) -> bytes | None:
        if way == TO_SERVER and b"COMMIT\0" in data:
            sent.append(data)
        if way == TO_SERVER or len(sent) < number:
            return data
        door.piece = handed_on
        raise ConnectionResetError

    return piece


def handed_on(_way: str, data: bytes, _before: int) -> bytes:
    """All of it."""
    return data


def steps_done(url: str) -> int:
    """How many steps of the run that did not come to its end stand."""
    begun = ledger_of(url).unfinished
    return 0 if begun is None else len(begun.done)


@WAYS
@JOURNEYS
def test_killed_between_two_messages_it_tells_the_truth_and_goes_on(
    journey: Journey, way: str, database: str, connect: Connect, door: Proxy, forking: Forking
) -> None:
    """Its last message was not sent, or the answer to it not received: of COMMIT, too."""
    other = connect(database)
    ends: list[int] = []
    while not ends or ends[-1] != 0:
        plan = begin_anew(journey, database, other)
        ends.append(killed_at(door, way, 1 + EVERY * len(ends), plan, database, forking))
        require_truth(journey, database)
        go_on(journey, plan, database)
    assert set(ends) == {-signal.SIGKILL, 0}
    assert len(ends) > 50 // EVERY


def killed_at(door: Proxy, way: str, number: int, plan: Plan, url: str, forking: Forking) -> int:
    """Apply in a child that is killed before the message of that number is handed on; how it ended."""
    child: Future[int] = Future()
    passed: list[str] = []

    def piece(heading: str, data: bytes, _before: int) -> bytes | None:
        passed.append(heading)
        if heading != way or passed.count(way) != number:
            return data
        os.kill(child.result(), signal.SIGKILL)
        return None

    door.piece = piece
    child.set_result(forking.begin(plan, door.url(url)))
    return forking.end()


@pytest.mark.parametrize("event", ["BackupStarted", "BackupVerifying", "BackupDone", "RunStarted"])
def test_killed_around_the_backup_nothing_is_applied_before_there_is_one(
    event: str, database: str, forking: Forking, tmp_path: Path
) -> None:
    """Before, in and after the dump, and when it has its name and the ledger does not know of it yet."""
    backup = PlannedBackup(due=True, reason="a test", settings=Backup())
    plan = plan_for(database, UP.migration, backup=backup)
    forking.begin(plan, database, tmp_path, event, 1)
    assert forking.end() == -signal.SIGKILL
    assert value(database, "SELECT to_regclass('t') IS NULL")
    before = [one.verified for one in standings(tmp_path, Backup())]
    assert before == [True] if event == "BackupDone" else before == []
    forking.begin(plan, database, tmp_path)
    assert forking.end() == 0
    assert applied_files(database) == ["1_a.sql"]
    assert not list((tmp_path / "backups").glob("*.partial"))
