# ruff: noqa: INP001 - a script, not a package
"""Replays migration histories on the embedded server's platform, and says of every statement that fails why.

    python scripts/replay.py FOLDER... [--layout NAME] [--platform NAME] [--major N] [--before FOLDER] [--json FILE]

Each folder gets a fresh copy of the platform and is applied as the owner role, never as a superuser. A file is run as
migsafe runs it (the same transactions). Where a transaction fails, it is run again statement by statement behind
savepoints, so that all of its failing statements are found; what fails is left out and the replay goes on.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from migsafe.executor.server.binaries import find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.copies import extension_folder, private_copy
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.platform import MIGRATION_ROLE, bootstrap, install_stand_ins, stand_ins_in_use
from migsafe.planner.discover import discover
from migsafe.planner.discover.new import detect_layout
from migsafe.planner.on_stand_in import on_stand_in
from migsafe.planner.parse import Statement, parse
from migsafe.planner.prepared import wrapping_of
from migsafe.planner.transactions import Segment, SegmentKind, Wrapping, divide
from migsafe.schemas.manifest import Layout, Manifest, Migrations
from migsafe.schemas.platform import Platform
from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TEMPLATE = "replay_template"
DATABASE = "postgres_replay"


@dataclass(frozen=True)
class File:
    """A migration of a history, with the text of its way up."""

    name: str
    text: bytes
    wrapping: Wrapping = Wrapping.TRANSACTION
    first_line: int = 1
    """Line of the file on which the text begins."""


@dataclass(frozen=True)
class Failure:
    """A statement that did not run."""

    file: str
    line: int
    sqlstate: str
    message: str
    statement: str


@dataclass
class Replay:
    """What became of one history."""

    folder: str
    layout: str
    server: str
    files: int = 0
    statements: int = 0
    seconds: float = 0
    failures: list[Failure] = field(default_factory=list)
    stand_ins: tuple[str, ...] = ()

    @property
    def whole(self) -> int:
        """The files of which every statement ran."""
        return self.files - len({failure.file for failure in self.failures})


def numbered(folder: Path) -> Iterator[File]:
    """`0001-name.sql` and the like, of runners that are nobody else's: ordered by number, without the ways down."""
    found = [path for path in folder.glob("*.*sql") if not path.name.endswith(".down.sql")]
    return (File(path.name, path.read_bytes()) for path in sorted(found, key=_number))


def _number(path: Path) -> tuple[int, str]:
    match = re.search(r"[0-9]+", path.name)
    return (int(match[0]) if match else 0, path.name)


def _as_the_product_reads_it(layout: Layout, folder: Path) -> Iterator[File]:
    manifest = Manifest(version=1, project="replay", migrations=Migrations(folder=folder.name, layout=layout))
    for migration in discover(folder.resolve().parent, manifest):
        yield File(migration.file, migration.up.raw, wrapping_of(migration.up), migration.up.first_line)


LAYOUTS: dict[str, Callable[[Path], Iterator[File]]] = {
    **{layout.value: partial(_as_the_product_reads_it, layout) for layout in Layout},
    "numbered": numbered,
}


def layout_of(folder: Path) -> str:
    """The layout that `migsafe init` would write down; `numbered` where it would refuse a file of the folder."""
    layout = detect_layout(folder)
    repeatable = layout is Layout.FLYWAY and any(folder.glob("R__*.sql"))
    foreign = layout is Layout.SUPABASE and not any(re.match(r"[0-9]{8,}_", path.name) for path in folder.glob("*.sql"))
    return "numbered" if repeatable or foreign else layout.value


@contextmanager
def platform_server(platform: Platform, major: int | None) -> Iterator[Server]:
    """A throw-away server whose template is bootstrapped for `platform`."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-replay-"))
    try:
        installation = private_copy(find_server(major), folder / "installation")
        install_stand_ins(extension_folder(installation))
        with embedded(
            folder / "state",
            durability=Durability.THROWAWAY,
            installation=installation,
            settings={"wal_level": "logical"},
        ) as server:
            with psycopg.connect(create_database(server, _TEMPLATE), autocommit=True) as connection:
                bootstrap(connection, platform)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replay(server: Server, platform: Platform, folder: Path, layout: str, before: Path | None = None) -> Replay:
    """Apply the history of `folder` to a fresh copy of the platform, on top of the schema files of `before`."""
    result = Replay(str(folder), layout, f"PostgreSQL {fresh_database(server, platform)}")
    started = time.monotonic()
    with session(server) as connection:
        if before is not None:
            sys.stdout.write(f"{before}: {stand_on(connection, before)} statements did not run\n")
        for file in LAYOUTS[layout](folder):
            result.files += 1
            _apply(connection, file, result)
        result.stand_ins = stand_ins_in_use(connection)
    result.seconds = round(time.monotonic() - started, 2)
    return result


def fresh_database(server: Server, platform: Platform) -> int:
    """Make the database of a replay anew; the major version of its server."""
    drop_database(server, DATABASE)
    with psycopg.connect(create_database(server, DATABASE, _TEMPLATE), autocommit=True) as connection:
        bootstrap(connection, platform)
        return connection.info.server_version // 10000


@contextmanager
def session(server: Server) -> Iterator[psycopg.Connection]:
    """A session of the role that migrations run as, in the database of the replay."""
    url = server.as_role(MIGRATION_ROLE).url(DATABASE)
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        yield connection


def stand_on(connection: psycopg.Connection, folder: Path) -> int:
    """Run the statements of a folder of schema files in whatever order they go; how many never ran."""
    left: list[Statement] = []
    for path in sorted(folder.glob("*.sql")):
        try:
            left.extend(parse(path.read_bytes(), path.name))
        except Problem as problem:
            sys.stdout.write(f"  {problem}\n")
    while left:
        failed = [statement for statement in left if _run(connection, statement)]
        if len(failed) == len(left):
            break
        left = failed
    return len(left)


def _apply(connection: psycopg.Connection, file: File, result: Replay) -> None:
    try:
        statements = parse(file.text, file.name, file.first_line)
        segments = divide(statements, file.wrapping).segments
    except Problem as problem:
        result.failures.append(
            Failure(file.name, problem.place.line or 0 if problem.place else 0, "", str(problem), "")
        )
        return
    result.statements += len(statements)
    for segment in segments:
        result.failures.extend(_segment(connection, segment))
        connection.execute("DISCARD ALL")


def _segment(connection: psycopg.Connection, segment: Segment) -> Sequence[Failure]:
    if segment.kind is SegmentKind.LONE:
        failure = _run(connection, segment.statements[0])
        return [failure] if failure else []
    connection.execute("BEGIN")
    whole = next((failure for each in segment.statements if (failure := _run(connection, each))), None)
    whole = whole or _end(connection, segment.statements[-1])
    connection.execute("ROLLBACK")
    return _one_by_one(connection, segment) or [whole] if whole else []


def _one_by_one(connection: psycopg.Connection, segment: Segment) -> list[Failure]:
    failures = []
    connection.execute("BEGIN")
    for statement in segment.statements:
        connection.execute("SAVEPOINT before_statement")
        if failure := _run(connection, statement):
            connection.execute("ROLLBACK TO before_statement")
            failures.append(failure)
    if failure := _end(connection, segment.statements[-1]):
        failures.append(failure)
        connection.execute("ROLLBACK")
    return failures


def _end(connection: psycopg.Connection, last: Statement) -> Failure | None:
    try:
        connection.execute("COMMIT")
    except psycopg.Error as error:
        return _failure(last, error)
    return None


def _run(connection: psycopg.Connection, statement: Statement) -> Failure | None:
    try:
        connection.execute(sent(statement))
    except psycopg.Error as error:
        return _failure(statement, error)
    return None


def sent(statement: Statement) -> bytes:
    """The text that the server gets: another one only where an extension is a stand-in."""
    return (on_stand_in(statement.text) or statement.text).encode()


def _failure(statement: Statement, error: psycopg.Error) -> Failure:
    said = error.diag.message_primary or str(error)
    more = error.diag.message_detail or error.diag.message_hint
    excerpt = " ".join(statement.sql.split())[:200]
    return Failure(statement.path, statement.line, error.sqlstate or "", f"{said} ({more})" if more else said, excerpt)


def main(arguments: Sequence[str] | None = None) -> int:
    """Replay the folders of the command line; 1 when a statement failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--layout", choices=LAYOUTS, help="guessed from the names when left out")
    parser.add_argument("--platform", default=Platform.SUPABASE, type=Platform, choices=list(Platform))
    parser.add_argument("--major", type=int, help="the major version of PostgreSQL; the usual server when left out")
    parser.add_argument("--before", type=Path, help="a folder of schema files that the history builds on")
    parser.add_argument("--json", type=Path, help="where the report goes")
    given = parser.parse_args(arguments)
    results = []
    with platform_server(given.platform, given.major) as server:
        for folder in given.folders:
            result = replay(server, given.platform, folder, given.layout or layout_of(folder), given.before)
            results.append(result)
            _tell(result)
    if given.json:
        given.json.write_text(json.dumps([asdict(result) for result in results], indent=2) + "\n")
    return 1 if any(result.failures for result in results) else 0


def _tell(result: Replay) -> None:
    counts = f"{result.whole}/{result.files} files, {result.statements} statements, {result.seconds} s"
    sys.stdout.write(f"{result.folder} ({result.layout}, {result.server}): {counts}\n")
    for failure in result.failures:
        sys.stdout.write(f"  {failure.file}:{failure.line} {failure.sqlstate} {failure.message}\n")
        sys.stdout.write(f"    {failure.statement}\n")


if __name__ == "__main__":
    sys.exit(main())
