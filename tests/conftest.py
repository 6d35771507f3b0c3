"""A real server for each test process, and a fresh database for each test that wants one."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import psycopg
import pytest

from migsafe.executor.server import home as home_module
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.filelock import try_exclusive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Connect: TypeAlias = "Callable[[str], psycopg.Connection]"

_numbers = itertools.count(1)

# Judgements of earlier runs would hide what this one says, and the user's cache is not ours.
os.environ["MIGSAFE_NO_CACHE"] = "1"

# A shell that runs this in the background has Ctrl-C ignored, and children inherit that: those that we interrupt, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What servers of tests keep outside, as root, goes with the test run: nobody removes it with the folder."""
    yield
    mine = (str(tmp_path_factory.getbasetemp()), str(Path(tempfile.gettempdir()) / "migsafe-test-"))
    for made in home_module._OUTSIDE.glob("server-*/made-for"):  # noqa: SLF001 - not made, as `outside` would
        if made.read_text(errors="replace").startswith(mine) and (lock := try_exclusive(made.parent / "owner.lock")):
            with lock:
                shutil.rmtree(made.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A throw-away server, one for each process of the test run."""
    # Not pytest's tmp_path: as root its parents are closed to the account that the server runs under.
    state_dir = Path(tempfile.mkdtemp(prefix="migsafe-test-"))
    try:
        with embedded(state_dir, durability=Durability.THROWAWAY) as running:
            yield running
    finally:
        shutil.rmtree(state_dir, ignore_errors=True)


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """The URL of an empty database, dropped after the test."""
    name = f"test_{next(_numbers)}"
    yield create_database(server, name)
    drop_database(server, name)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A function that opens autocommit connections; they are closed after the test."""
    opened: list[psycopg.Connection] = []

    def open_connection(url: str) -> psycopg.Connection:
        connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        opened.append(connection)
        return connection

    yield open_connection
    for connection in opened:
        connection.close()
