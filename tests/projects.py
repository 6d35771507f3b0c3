"""A server that looks like the platform's, and projects on it that an ordinary role owns."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from migsafe.executor.server.binaries import find_server
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.copies import extension_folder, private_copy
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.platform import MIGRATION_ROLE, bootstrap, install_stand_ins
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count(1)


@contextmanager
def platform_server() -> Iterator[Server]:
    """A server whose installation has the stand-ins, with a bootstrapped `template` database."""
    folder = Path(tempfile.mkdtemp(prefix="migsafe-project-"))
    try:
        installation = private_copy(find_server(), folder / "installation")
        install_stand_ins(extension_folder(installation))
        settings = {"wal_level": "logical"}
        with embedded(
            folder / "state", durability=Durability.THROWAWAY, installation=installation, settings=settings
        ) as running:
            with psycopg.connect(create_database(running, "template"), autocommit=True) as connection:
                bootstrap(connection, Platform.SUPABASE)
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def owned_project(server: Server) -> Iterator[psycopg.Connection]:
    """A connection to a fresh project as its owner, who is no superuser."""
    name = f"project_{next(_numbers)}"
    with psycopg.connect(create_database(server, name, template="template"), autocommit=True) as connection:
        bootstrap(connection, Platform.SUPABASE)
    with psycopg.connect(server.as_role(MIGRATION_ROLE).url(name), autocommit=True) as connection:
        yield connection
    drop_database(server, name)
