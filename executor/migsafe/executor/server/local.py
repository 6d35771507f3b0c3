"""The database that migsafe brings along, for projects that name none."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

from migsafe.executor.server.binaries import find_server
from migsafe.executor.server.copies import private_copy
from migsafe.executor.server.databases import create_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.platform import MIGRATION_ROLE, bootstrap, install_stand_ins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import psycopg

    from migsafe.executor.server.binaries import Installation
    from migsafe.schemas.platform import Platform

STATE_FOLDER = ".migsafe"
_FIRST = 0x6D6967_66697273
"""The advisory lock of who makes the database: `mig firs`, in letters."""

# Realtime and `CREATE PUBLICATION` want logical decoding, as hosted platforms have it.
_SETTINGS = {"wal_level": "logical"}


@contextmanager
def local_database(
    root: Path, platform: Platform, name: str, on_message: Callable[[str], None] = lambda _: None
) -> Iterator[str]:
    """The URL of the project's own database on the embedded server, which runs for as long as the block.

    `root` is the project's folder, `name` the database's. It connects as `postgres`, an ordinary role that owns the
    database, as on hosted platforms. Raises Problem when the server cannot be started.
    """
    state_dir = root / STATE_FOLDER
    installation = equipped(state_dir)
    with embedded(state_dir, on_message=on_message, installation=installation, settings=_SETTINGS) as server:
        _ensure_database(server, name, platform)
        yield server.as_role(MIGRATION_ROLE).url(name)


def equipped(state_dir: Path, installation: Installation | None = None) -> Installation:
    """A copy in `state_dir` of the installation, of the usual one where none is given, with our stand-ins."""
    state_dir.mkdir(mode=0o700, exist_ok=True)
    suffix = "" if installation is None else f"-{installation.version}"
    folder = state_dir / f"postgresql-{_edition()}{suffix}"
    return private_copy(installation or find_server(), folder, install_stand_ins)


def _edition() -> str:
    """Changes when a stand-in does, so that a newer migsafe does not go on with an older one's."""
    folder = files("migsafe.executor.server.platform").joinpath("extensions")
    digest = hashlib.sha256()
    for source in sorted(folder.iterdir(), key=lambda source: source.name):
        if source.is_file():
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:12]


def _ensure_database(server: Server, name: str, platform: Platform) -> None:
    import psycopg  # noqa: PLC0415 - slow to import

    with psycopg.connect(server.url("postgres"), autocommit=True, prepare_threshold=None) as connection:
        # Two commands may be the first at the same time. The lock is of this maintenance database, where nobody builds
        # an index: to wait for it is no danger.
        connection.execute("SELECT pg_catalog.pg_advisory_lock(%s)", [_FIRST])
        if not _answers(connection, "SELECT true FROM pg_catalog.pg_database WHERE datname = %s", name):
            create_database(server, name)
        with psycopg.connect(server.url(name), autocommit=True, prepare_threshold=None) as inside:
            bootstrap(inside, platform)


def _answers(connection: psycopg.Connection, question: str, name: str) -> bool:
    return connection.execute(question.encode(), [name]).fetchone() is not None
