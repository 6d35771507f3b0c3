"""Restores a backup on a throw-away server of our own and counts again."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from migsafe.executor.backup.census import scratch_needs, take_census
from migsafe.executor.backup.programs import client, ending, running, words_of
from migsafe.executor.backup.readback import open_text
from migsafe.executor.server.binaries import BinariesMissing, Installation, find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.copies import extension_folder, private_copy
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import embedded
from migsafe.executor.server.platform import install_stand_ins, stand_ins_in_use
from migsafe.executor.server.postmaster import environment
from migsafe.schemas.manifest import BackupFormat
from migsafe.schemas.problem import BackupFailed, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedIOBase

    import psycopg

    from migsafe.executor.backup.census import Coverage
    from migsafe.executor.backup.readback import Kind
    from migsafe.schemas.backup import Census

_MAJORS_TRIED = 6
_WITHOUT = "set backup.verify to read in migsafe.yaml"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a restore takes for granted, because it lies outside of the database."""

    roles: tuple[str, ...]
    superusers: tuple[str, ...]
    extensions: tuple[str, ...]


def needs_of(connection: psycopg.Connection) -> Needs:
    """What a backup of this database will need where it is restored."""
    roles, superusers, extensions = scratch_needs(connection)
    return Needs(tuple(roles), tuple(superusers), tuple(extensions))


def refuse_unprovable(covered: Coverage) -> None:
    """Raise BackupFailed when schemas are left out: what refers to them could not be restored elsewhere."""
    if covered.excluded:
        raise BackupFailed(
            "a backup without all schemas cannot be proven by restoring it",
            why=f"the role cannot read all of {', '.join(covered.excluded)}, and other schemas may refer to them",
            remedy=f"{_WITHOUT}, or connect as a role that can read them",
        )


def prove_restorable(path: Path, kind: Kind, needs: Needs, census: Census) -> tuple[str, ...]:
    """Restore a backup on a scratch server and compare its census; what to know about the proof, in words.

    The server is of the backup's major, or of the nearest newer. Stand-ins take the place of extensions that it
    lacks. Whoever could write functions in the database runs code on the scratch server. Raises BackupFailed.
    """
    import psycopg  # noqa: PLC0415 - slow to import

    installation = _server_for(kind.major)
    words = () if installation.major == kind.major else (f"restored on {installation}, not on {kind.major}",)
    try:
        found, used = _restored(path, kind, needs, installation)
    except BackupFailed:
        raise
    except (psycopg.Error, Problem) as error:
        raise _unproven(f"the scratch server: {error}") from error
    if found != census:
        raise _unproven(f"the restored database differs: {_difference(census, found)}")
    return (*words, *(f"restored with a stand-in for the extension {name}" for name in used))


def _restored(path: Path, kind: Kind, needs: Needs, installation: Installation) -> tuple[Census, tuple[str, ...]]:
    """The census of the restored database, and the extensions that were stand-ins."""
    import psycopg  # noqa: PLC0415 - slow to import

    with _scratch_folder() as folder:
        equipped = _with_extensions(installation, needs, folder)
        with embedded(folder / "state", durability=Durability.THROWAWAY, installation=equipped) as server:
            with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
                _create_roles(connection, needs)
            url = create_database(server, "restored", "template0")
            _restore(path, kind, url)
            with psycopg.connect(url, autocommit=True) as connection:
                return take_census(connection, (), math.inf), stand_ins_in_use(connection)


def _server_for(major: int) -> Installation:
    for candidate in range(major, major + _MAJORS_TRIED):
        with suppress(BinariesMissing):
            return find_server(candidate)
    raise _unproven(f"no server of PostgreSQL {major} or newer was found on this machine")


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="migsafe-restore-"))
    try:
        # Started by root, the server runs under another account, which must pass; what is inside is closed to others.
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_extensions(installation: Installation, needs: Needs, folder: Path) -> Installation:
    offered = {control.stem for control in extension_folder(installation).glob("*.control")}
    if offered.issuperset(needs.extensions):
        return installation
    copy = private_copy(installation, folder / "installation")
    install_stand_ins(extension_folder(copy))
    return copy


def _create_roles(connection: psycopg.Connection, needs: Needs) -> None:
    from psycopg import sql  # noqa: PLC0415 - as above

    present = {name for (name,) in connection.execute("SELECT rolname FROM pg_catalog.pg_roles")}
    for role in needs.roles:
        if role not in present:
            # Event triggers must be owned by a superuser.
            rank = sql.SQL("SUPERUSER" if role in needs.superusers else "NOSUPERUSER")
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN {}").format(sql.Identifier(role), rank))


def _restore(path: Path, kind: Kind, url: str) -> None:
    with ExitStack() as held:
        said = held.enter_context(tempfile.TemporaryFile())
        if kind.format is BackupFormat.PLAIN:
            program = client("psql", kind.major).program("psql")
            command = [os.fspath(program), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", url]
            source: BufferedIOBase | None = held.enter_context(open_text(path, kind.compression))
        else:
            program = client("pg_restore", kind.major).program("pg_restore")
            command = [os.fspath(program), "--exit-on-error", f"--dbname={url}", os.fspath(path)]
            source = None
        failure = _fed(command, source, said)
    if failure:
        raise _unproven(f"{program.name} could not restore it: {failure}")


def _fed(command: list[str], source: BufferedIOBase | None, said: IO[bytes]) -> str:
    stdin = subprocess.DEVNULL if source is None else subprocess.PIPE
    # Of the caller's environment PGHOSTADDR alone would send the restore to another server.
    with running(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=said, environment=environment()) as process:
        if source is not None and process.stdin is not None:
            # It stops reading at the first error, and says which by its end.
            with suppress(BrokenPipeError), process.stdin as pipe:
                shutil.copyfileobj(source, pipe)
        process.wait()
    return ending(process, words_of(said))


def _difference(expected: Census, found: Census) -> str:
    rows = {one.table: one.rows for one in found.tables}
    for one in expected.tables:
        if rows.get(one.table) != one.rows:
            return f"{one.table} has {rows.get(one.table, 'no')} rows, expected {one.rows}"
    numbers = [f"{census.sequences}, {census.views} and {census.functions}" for census in (found, expected)]
    return f"sequences, views and functions are {numbers[0]}, expected {numbers[1]}"


def _unproven(why: str) -> BackupFailed:
    return BackupFailed(
        "the backup could not be proven by restoring it; it was removed",
        why=why,
        remedy=f"see to the cause, or {_WITHOUT}",
    )
